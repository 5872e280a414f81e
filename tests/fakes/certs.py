"""Certificates for the fakes: a CA of our own, and every way in which one can be wrong.

The chain is root -> intermediate -> leaf, as at the real service. Keys are P-256,
names are `localhost` (BearSSL does not match IP addresses). Nothing here is trusted
by anybody but the tests that name the root.
"""

import datetime
import ipaddress
import os
import ssl
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "homuhomu tests"),
                      x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(cert):
    return cert.public_bytes(serialization.Encoding.PEM)


class Authority:
    """A root and an intermediate, and the leaves that they sign."""

    def __init__(self, name="homuhomu test"):
        self.now = datetime.datetime.now(datetime.timezone.utc)
        self.root_key = ec.generate_private_key(ec.SECP256R1())
        self.root = self._sign(_name(name + " root"), self.root_key, _name(name + " root"),
                               self.root_key, ca=1, days=(-30, 3650))
        self.inter_key = ec.generate_private_key(ec.SECP256R1())
        self.inter = self._sign(_name(name + " intermediate"), self.inter_key,
                                self.root.subject, self.root_key, ca=0, days=(-20, 3650))
        self.leaf_key = ec.generate_private_key(ec.SECP256R1())

    def _sign(self, subject, key, issuer, issuer_key, ca=None, days=(-1, 30), names=None):
        builder = (x509.CertificateBuilder()
                   .subject_name(subject).issuer_name(issuer)
                   .public_key(key.public_key())
                   .serial_number(x509.random_serial_number())
                   .not_valid_before(self.now + days[0] * DAY)
                   .not_valid_after(self.now + days[1] * DAY)
                   .add_extension(x509.BasicConstraints(ca is not None, ca), critical=True)
                   .add_extension(x509.KeyUsage(
                       digital_signature=True, key_cert_sign=ca is not None,
                       crl_sign=ca is not None, content_commitment=False,
                       key_encipherment=False, data_encipherment=False, key_agreement=False,
                       encipher_only=False, decipher_only=False), critical=True))
        builder = builder.add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
            builder = builder.add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        return builder.sign(issuer_key, hashes.SHA256())

    def chain(self, kind="good"):
        """The PEM of a key and chain as a server sends it, for one of KINDS."""
        names = [x509.DNSName("localhost")]
        days, issuer, issuer_key, tail = (-1, 30), self.inter.subject, self.inter_key, [self.inter]
        subject = _name("localhost")
        if kind == "wrong_host":
            names, subject = [x509.DNSName("discord.example")], _name("discord.example")
        elif kind == "partial_host":
            names, subject = [x509.DNSName("localhost.example"), x509.DNSName("notlocalhost")], \
                _name("notlocalhost")
        elif kind == "ip_only":
            names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            subject = _name("127.0.0.1")
        elif kind == "expired":
            days = (-10, -1)
        elif kind == "not_yet":
            days = (2, 30)
        elif kind == "self_signed":
            issuer, issuer_key, tail = subject, self.leaf_key, []
        elif kind == "no_intermediate":
            tail = []
        elif kind == "leaf_as_ca":
            # A leaf that signs another leaf: basicConstraints says that it may not.
            rogue_key = ec.generate_private_key(ec.SECP256R1())
            rogue = self._sign(_name("rogue"), rogue_key, self.inter.subject, self.inter_key,
                               names=[x509.DNSName("rogue.example")])
            issuer, issuer_key, tail = rogue.subject, rogue_key, [rogue, self.inter]
        elif kind == "forged":
            # The right issuer's name, another issuer's key.
            issuer_key = ec.generate_private_key(ec.SECP256R1())
        elif kind == "untrusted":
            return Authority("stranger's").chain("good")
        elif kind != "good":
            raise ValueError("no such certificate kind: " + kind)
        leaf = self._sign(subject, self.leaf_key, issuer, issuer_key, days=days, names=names)
        key = self.leaf_key.private_bytes(serialization.Encoding.PEM,
                                          serialization.PrivateFormat.PKCS8,
                                          serialization.NoEncryption())
        return key + _pem(leaf) + b"".join(_pem(c) for c in tail)

    def root_pem(self):
        return _pem(self.root)

    def server_context(self, kind="good"):
        """A server's TLS context that presents the chain of this kind."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        handle, path = tempfile.mkstemp(suffix=".pem")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(self.chain(kind))
            context.load_cert_chain(path)
        finally:
            os.unlink(path)
        return context


KINDS_BAD = ("wrong_host", "partial_host", "ip_only", "expired", "not_yet", "self_signed",
             "no_intermediate", "leaf_as_ca", "forged", "untrusted")
