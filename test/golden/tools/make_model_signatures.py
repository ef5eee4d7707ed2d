"""Models signed by the reference implementation of OpenSSF model signing: with a key and with certificates, whole and tampered with.

    pip install model-signing==1.1.1 pyopenssl==26.4.0
    python test/golden/tools/make_model_signatures.py

The keys are made for this and thrown away.
"""

import datetime
import os
import pathlib
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
import model_signing

from provenance import write_golden

FILES = {
    "README.md": "---\nlicense: apache-2.0\n---\n# Use\n",
    "config.json": '{"a": 1}\n',
    "weights/model.safetensors": "\x02\0\0\0\0\0\0\0{}",
    "größe.txt": "ü\n",
}
folder = pathlib.Path(tempfile.mkdtemp())
model = folder / "tiny"
for name, text in FILES.items():
    path = model / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def pem_of(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_of(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def certify(name, key, issuer, issuer_key, ca, san=None):
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = dict(content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
                 encipher_only=False, decipher_only=False)
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=not ca, key_cert_sign=ca, crl_sign=ca, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if san:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(san)]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def text_of(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


cases = []
for curve in (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()):
    key = ec.generate_private_key(curve)
    path = folder / "key.pem"
    path.write_bytes(pem_of(key))
    signature = folder / "key.sig"
    model_signing.signing.Config().use_elliptic_key_signer(private_key=path).sign(model, signature)
    cases.append({"name": curve.name, "method": "key", "key": public_of(key), "signature": signature.read_text()})

root_key, middle_key, leaf_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
root = certify("Test root", root_key, None, root_key, True)
middle = certify("Test authority", middle_key, root.subject, root_key, True)
leaf = certify("Ada", leaf_key, middle.subject, middle_key, False, "ada@author.example")
other = certify("Other root", middle_key, None, middle_key, True)
(folder / "leaf.key").write_bytes(pem_of(leaf_key))
(folder / "leaf.pem").write_text(text_of(leaf))
(folder / "middle.pem").write_text(text_of(middle))
signature = folder / "certificate.sig"
model_signing.signing.Config().use_certificate_signer(
    private_key=folder / "leaf.key", signing_certificate=folder / "leaf.pem", certificate_chain=[folder / "middle.pem"]
).sign(model, signature)
cases.append({"name": "certificate", "method": "certificate", "ca": text_of(root), "otherCa": text_of(other),
              "signer": "ada@author.example", "signature": signature.read_text()})
write_golden("model-signatures.json", "make_model_signatures.py", ["model-signing"],
             {"model": [{"path": path, "text": text} for path, text in FILES.items()], "cases": cases})
