import process from 'node:process';
import { makeCard } from '../../../engine/cards/make-card.ts';
import { createDigest } from '../../../platform/host/digest.ts';
import { awkwardCardRecord, makeCardRecord } from '../../fakes/cards.ts';

// The texts that make_model_card.py has the Hub's client read, as a JSON list.
const cards = [makeCardRecord(), awkwardCardRecord()].map(record => makeCard(record, '', createDigest()).text);
process.stdout.write(JSON.stringify(cards));
