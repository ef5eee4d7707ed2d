"""A corpus of pickles and what holds pickles, harmless and harmful, with what picklescan and fickling say of each.

    pip install picklescan==1.0.5 fickling==0.1.12 numpy==2.4.6
    python test/golden/tools/make_pickles.py

Nothing of it is ever loaded. Files that begin with `bad` would run something when they are; `good` ones would not.
"""

import argparse
import base64
import collections
import functools
import gzip
import importlib
import io
import json
import logging
import operator
import os
import pathlib
import pickle
import runpy
import shutil
import socket
import struct
import subprocess
import tarfile
import tempfile
import webbrowser
import zipfile
import zlib

import fickling
import numpy as np
from picklescan.scanner import scan_file_path

from provenance import write_golden

logging.disable(logging.CRITICAL)
out = pathlib.Path(tempfile.mkdtemp())


def w(name, data):
    (out / name).write_bytes(data)


class R:
    def __init__(s,f,*a): s.f,s.a=f,a
    def __reduce__(s): return s.f,s.a
import subprocess, builtins, runpy, webbrowser, functools, operator, importlib, shutil, socket
bad={'os-system':R(os.system,'true'),'popen':R(subprocess.Popen,['true']),'eval':R(eval,'1'),'exec':R(exec,'1'),'getattr':R(getattr,object,'x'),
 'runpy':R(runpy.run_path,'x'),'webbrowser':R(webbrowser.open,'x'),'partial':R(functools.partial,print),'attrgetter':R(operator.attrgetter('system')) if 0 else R(operator.attrgetter,'a'),
 'import':R(__import__,'os'),'import-module':R(importlib.import_module,'os'),'rmtree':R(shutil.rmtree,'x'),'open':R(open,'x'),'socket':R(socket.create_connection,('h',1))}
for n,o in bad.items():
    for p in range(6):
        w(f'bad-{n}-p{p}.pkl', pickle.dumps({'w':[1,2,3],'o':o},p))
good={'dict':{'a':[1,2.5,'x',None,True,b'z',(1,),{2},frozenset([3]),2**70]},'ordered':collections.OrderedDict(a=1),'numpy':np.arange(10,dtype=np.float32),'scalar':np.float64(3),
 'nested':[np.zeros((2,2)),{'k':np.ones(3,dtype=np.int64)}],'namespace':argparse.Namespace(a=1)}
for n,o in good.items():
    for p in range(6):
        w(f'good-{n}-p{p}.pkl', pickle.dumps(o,p))
# torch zip layout, without torch
def torch_zip(payload, name='archive'):
    b=io.BytesIO()
    with zipfile.ZipFile(b,'w',zipfile.ZIP_STORED) as z:
        z.writestr(f'{name}/data.pkl',payload); z.writestr(f'{name}/byteorder','little'); z.writestr(f'{name}/data/0',b'\0'*64); z.writestr(f'{name}/version','3\n')
    return b.getvalue()
w('bad-torch.pt',torch_zip(pickle.dumps(bad['os-system'],2)))
w('good-torch.pt',torch_zip(pickle.dumps(good['ordered'],2)))
w('bad-torch.bin',torch_zip(pickle.dumps(bad['exec'],4)))
# legacy torch: several pickles
leg=b''.join(pickle.dumps(x,2) for x in (0x1950a86a20f9469cfc6c,1001,{'little_endian':True}))
w('bad-legacy.pth',leg+pickle.dumps(bad['eval'],2)+pickle.dumps([],2)+b'\1'*100)
w('good-legacy.pth',leg+pickle.dumps(good['ordered'],2)+pickle.dumps(['0'],2)+struct.pack('<Q',25)+b'\x3f'*100)
# numpy object arrays
np.save(out/'good-array.npy',np.zeros(4)); np.save(out/'bad-objects.npy',np.array([bad['os-system']],dtype=object),allow_pickle=True)
np.savez(out/'good-arrays.npz',a=np.zeros(3)); np.savez(out/'bad-arrays.npz',a=np.array([bad['popen']],dtype=object))
# broken after the payload
p=pickle.dumps(bad['os-system'],4); w('bad-broken.pkl',p[:-1]+b'\xff\xff')
# compressed
w('bad-gzip.joblib',gzip.compress(pickle.dumps(bad['os-system'],4),mtime=0)); w('bad-zlib.joblib',zlib.compress(pickle.dumps(bad['os-system'],4)))
# mislabelled
w('bad-readme.txt',pickle.dumps(bad['os-system'],0)); w('bad-image.png',pickle.dumps(bad['popen'],4)); w('bad-named.safetensors',pickle.dumps(bad['popen'],4))
# hidden names: protocol 0 escapes, memo detour, dotted name
w('bad-memo.pkl',b'\x80\x04\x8c\x02os\x94\x8c\x06system\x94h\x00h\x01\x93\x8c\x04true\x85R.')
w('bad-dup.pkl',b'\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R.')
w('bad-dotted.pkl',b'\x80\x04\x8c\x05torch\x8c\x09os.system\x93\x8c\x04true\x85R.')
w('bad-inst.pkl',b"(S'true'\nios\nsystem\n.")
w('bad-obj.pkl',b"(cos\nsystem\nS'true'\no.")
w('bad-unicode-escape.pkl',b"\x80\x04V\\u006fs\nV\\u0073ystem\n\x93\x8c\x04true\x85R.")
w('bad-string-escape.pkl',b"\x80\x04S'\\x6fs'\nS'system'\n\x93\x8c\x04true\x85R.")
w('bad-build.pkl',b'\x80\x02cbuiltins\nexec\n}b.')
w('bad-computed.pkl',b'\x80\x04cbuiltins\nstr\n)R\x8c\x06system\x93.')
w('bad-ext.pkl',b'\x80\x02\x82\x05)R.')
w('bad-second.pkl',pickle.dumps([1],4)+pickle.dumps(bad['os-system'],4))
z=io.BytesIO(); 
with zipfile.ZipFile(z,'w',zipfile.ZIP_DEFLATED) as f: f.writestr('inner.zip',torch_zip(pickle.dumps(bad['os-system'],4)))
w('bad-nested.zip',z.getvalue())
t=io.BytesIO()
with tarfile.open(fileobj=t,mode='w:gz') as f:
    d=pickle.dumps(bad['os-system'],4); i=tarfile.TarInfo('a/b.pkl'); i.size=len(d); f.addfile(i,io.BytesIO(d))
w('bad-tar.tar.gz',t.getvalue())
h=json.dumps({}).encode(); sf=struct.pack('<Q',len(h))+h
w('bad-polyglot.safetensors',sf+torch_zip(pickle.dumps(bad['os-system'],4)))
w('good-model.safetensors',sf)
w('good-text.txt',b'# A text\ncos it is\n'*50); w('good-random.bin',bytes((i*7919+13)%251+4 for i in range(5000)))


def picklescan_says(path):
    try:
        result = scan_file_path(str(path))
    except Exception:
        return "error"
    return "unsafe" if result.issues_count else "error" if result.scan_err else "clean"


def fickling_says(path):
    try:
        return "clean" if fickling.is_likely_safe(str(path)) else "unsafe"
    except Exception:
        return "error"


write_golden("pickles.json", "make_pickles.py", ["picklescan", "fickling", "numpy"], {"files": [
    {"name": path.name, "bytes": base64.b64encode(path.read_bytes()).decode(),
     "picklescan": picklescan_says(path), "fickling": fickling_says(path)}
    for path in sorted(out.iterdir())
]})
shutil.rmtree(out)
