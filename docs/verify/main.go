// Checks the ledger's part of an evidence pack: go run . PACK VERIFIER_KEY
package main

import (
	"encoding/base64"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	pack, key := os.Args[1], os.Args[2]
	verifier, err := note.NewVerifier(strings.TrimSpace(key))
	must(err)
	signed, err := os.ReadFile(filepath.Join(pack, "checkpoint"))
	must(err)
	opened, err := note.Open(signed, note.VerifierList(verifier))
	must(err)
	head := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(head[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(head[2])
	must(err)
	events, err := filepath.Glob(filepath.Join(pack, "events", "*.json"))
	must(err)
	for _, event := range events {
		name := strings.TrimSuffix(filepath.Base(event), ".json")
		index, err := strconv.ParseInt(name, 10, 64)
		must(err)
		fact, err := os.ReadFile(event)
		must(err)
		text, err := os.ReadFile(filepath.Join(pack, "proofs", name+".tlog-proof"))
		must(err)
		proof, checkpoint, _ := strings.Cut(string(text), "\n\n")
		lines := strings.Split(proof, "\n")
		if checkpoint != string(signed) || lines[1] != "index "+name {
			log.Fatalf("%s: the proof is of another checkpoint or place", event)
		}
		var path tlog.RecordProof
		for _, line := range lines[2:] {
			hash, err := base64.StdEncoding.DecodeString(line)
			must(err)
			path = append(path, tlog.Hash(hash))
		}
		must(tlog.CheckRecord(path, size, root, index, tlog.RecordHash(fact)))
	}
	fmt.Printf("%s: %d facts, %d of them here, each proven\n", head[0], size, len(events))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
