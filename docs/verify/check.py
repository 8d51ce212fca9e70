"""Checks an evidence pack: python3 check.py PACK PUBLIC_KEY.pem"""
import base64, hashlib, json, pathlib, sys
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

pack, key = pathlib.Path(sys.argv[1]), load_pem_public_key(pathlib.Path(sys.argv[2]).read_bytes())

# The signature over the statement, and the statement about manifest.json.
envelope = json.loads((pack / "pack.sigstore.json").read_bytes())["dsseEnvelope"]
payload, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"]
signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
key.verify(base64.b64decode(envelope["signatures"][0]["sig"]), signed, ec.ECDSA(SHA256()))
manifest = (pack / "manifest.json").read_bytes()
[subject] = json.loads(payload)["subject"]
assert subject == {"name": "manifest.json", "digest": {"sha256": hashlib.sha256(manifest).hexdigest()}}

# Every file as it is listed, and none beside them.
listed = json.loads(manifest)["files"]
for name, of in listed.items():
    assert hashlib.sha256((pack / name).read_bytes()).hexdigest() == of["sha256"], name
there = {str(path.relative_to(pack)) for path in pack.rglob("*") if path.is_file()}
assert there - set(listed) == {"manifest.json", "pack.sigstore.json", "pae.bin", "sig.der"}

# Every fact in the ledger's tree (RFC 9162, 2.1.3.2), and every stream's chain.
def sha256(*parts): return hashlib.sha256(b"".join(parts)).digest()

_, size, root = (pack / "checkpoint").read_text().split("\n")[:3]
streams = {}
for event in (pack / "events").iterdir():
    fact, index = event.read_bytes(), int(event.stem)
    proof = (pack / "proofs" / f"{index}.tlog-proof").read_text().split("\n\n")[0].split("\n")
    place, last, node = index, int(size) - 1, sha256(b"\0", fact)
    for line in proof[2:]:
        other = base64.b64decode(line)
        if place % 2 or place == last:
            node = sha256(b"\1", other, node)
            while place % 2 == 0 and place: place, last = place // 2, last // 2
        else:
            node = sha256(b"\1", node, other)
        place, last = place // 2, last // 2
    assert last == 0 and node == base64.b64decode(root), event
    told = json.loads(fact)
    streams.setdefault(told["stream"], {})[told["seq"]] = (told["prev"], sha256(fact).hex())
# Of a period, streams that are excerpts have gaps: chained where two facts follow each other.
excerpts = {one["stream"] for one in json.loads(manifest).get("excerpts", [])}
for stream, facts in streams.items():
    assert stream in excerpts or sorted(facts) == list(range(1, len(facts) + 1)), stream
    for seq, (prev, _) in facts.items():
        before = (None, None) if seq == 1 else facts.get(seq - 1, (None, prev))
        assert prev == before[1], (stream, seq)

# Of a period, the sample: the cases in the order of SHA-256 over the seed, a line feed and the case's id.
if (pack / "audit/sample.json").exists():
    told = json.loads((pack / "audit/sample.json").read_bytes())
    terms = json.loads((pack / "audit/population.json").read_bytes())["period"]
    cases = {stream[5:] for stream in streams if stream.startswith("case:")}
    ranked = sorted((sha256(f"{terms['seed']}\n{case}".encode()).hex(), case) for case in cases)
    drawn = [{"caseId": case, "rank": rank} for rank, case in ranked[: terms["sample"]]]
    assert drawn == told["cases"] and len(cases) == told["frame"], "sample"
    assert not {f"case:{one['caseId']}" for one in drawn} & excerpts, "sampled, and not whole"

print(f"{len(listed)} files, {sum(map(len, streams.values()))} facts in {len(streams)} streams: as signed")
