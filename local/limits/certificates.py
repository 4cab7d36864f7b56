"""A certificate authority made for one run, and a certificate of this machine's loopback addresses."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID_FOR = datetime.timedelta(days=7)
SKEW = datetime.timedelta(hours=1)
_NAME = "Causeway's local stack"


@dataclass(frozen=True)
class Certificates:
    """Files of one folder: what clients trust, and what the server shows and proves itself with."""

    folder: Path

    @property
    def authority(self) -> Path:
        """Return the file that clients trust."""
        return self.folder / "authority.pem"

    @property
    def certificate(self) -> Path:
        """Return the server's certificate."""
        return self.folder / "server.pem"

    @property
    def key(self) -> Path:
        """Return the server's private key."""
        return self.folder / "server.key"


def make_certificates(folder: Path, now: datetime.datetime) -> Certificates:
    """Write an authority's certificate, whose key is forgotten, and one for 127.0.0.1 and localhost."""
    folder.mkdir(parents=True)
    files = Certificates(folder)
    authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _builder(f"{_NAME}: authority", f"{_NAME}: authority", authority_key.public_key(), now)
    authority = _for_an_authority(authority)
    server = _builder("127.0.0.1", f"{_NAME}: authority", server_key.public_key(), now)
    server = _for_a_server(server, authority_key.public_key())
    files.authority.write_bytes(_pem(authority.sign(authority_key, hashes.SHA256())))
    files.certificate.write_bytes(_pem(server.sign(authority_key, hashes.SHA256())))
    files.key.touch(mode=0o600)
    files.key.write_bytes(
        server_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files


def _builder(
    subject: str, issuer: str, key: ec.EllipticCurvePublicKey, now: datetime.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_named(subject))
        .issuer_name(_named(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _for_an_authority(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    return builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).add_extension(
        _usage(signs_certificates=True), critical=True
    )


def _for_a_server(builder: x509.CertificateBuilder, issuer: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")])
    return (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), critical=False)
        .add_extension(names, critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
