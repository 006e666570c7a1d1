// Checks a mirror of the log with code that is not ours: golang.org/x/mod/sumdb/{note,tlog}.
//
//	check DIR VKEY
//
// Prints what it has found, and ends with 1 when anything is wrong. DIR holds what tlog-tiles names,
// the file `commits`, and, if there are any, proofs/<index>.tlog-proof and
// consistency/<old>-<new>, as the gateway answers them.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const width = 256

func must(err error) {
	if err != nil {
		fmt.Println("WRONG:", err)
		os.Exit(1)
	}
}

func wrong(format string, args ...interface{}) { must(fmt.Errorf(format, args...)) }

type folder string

func (f folder) read(path string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(f), path))
}

// What was fetched may be a part of a tile only, or more than is asked for.
func (f folder) tile(path string, size int) ([]byte, error) {
	data, err := f.read(path)
	if errors.Is(err, fs.ErrNotExist) {
		data, err = f.read(strings.SplitN(path, ".p/", 2)[0])
	}
	if err == nil && len(data) < size {
		err = fmt.Errorf("%s is too short", path)
	}
	if err != nil {
		return nil, err
	}
	return data[:size], nil
}

func (f folder) Height() int                          { return 8 }
func (f folder) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		// Go's addresses name the tiles' height.
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := f.tile(path, tile.W*tlog.HashSize)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func parseHash(text string) tlog.Hash {
	var hash tlog.Hash
	data, err := base64.StdEncoding.DecodeString(text)
	must(err)
	if len(data) != len(hash) {
		wrong("%q is no hash", text)
	}
	copy(hash[:], data)
	return hash
}

func open(checkpoint []byte, verifier note.Verifier) tlog.Tree {
	opened, err := note.Open(checkpoint, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		wrong("the checkpoint is not of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	return tlog.Tree{N: size, Hash: parseHash(lines[2])}
}

// The entries of the log, in order.
func entries(f folder, size int64) [][]byte {
	var all [][]byte
	for int64(len(all)) < size {
		index := int64(len(all)) / width
		count := size - int64(len(all))
		if count > width {
			count = width
		}
		path := tlog.Tile{H: 8, L: 0, N: index, W: int(count)}.Path()
		path = strings.Replace(path, "tile/8/0/", "tile/entries/", 1)
		data, err := f.read(path)
		if errors.Is(err, fs.ErrNotExist) {
			data, err = f.read(strings.SplitN(path, ".p/", 2)[0])
		}
		must(err)
		for i := int64(0); i < count; i++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				wrong("%s is cut off", path)
			}
			length := 2 + int(binary.BigEndian.Uint16(data))
			all = append(all, data[2:length])
			data = data[length:]
		}
	}
	return all
}

type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var all []tlog.Hash
	for _, index := range indexes {
		all = append(all, h[index])
	}
	return all, nil
}

func checkCommits(data []byte, all [][]byte) {
	for number, entry := range all {
		if len(data) < 4 || len(data) < 4+int(binary.BigEndian.Uint32(data)) {
			wrong("commit %d is cut off", number)
		}
		commit := data[4 : 4+binary.BigEndian.Uint32(data)]
		data = data[4+len(commit):]
		sum := sha256.Sum256(commit)
		if len(entry) != 53 || entry[0] != 2 || binary.BigEndian.Uint64(entry[1:]) != uint64(number) ||
			binary.BigEndian.Uint32(entry[17:]) != uint32(len(commit)) || !bytes.Equal(entry[21:], sum[:]) {
			wrong("commit %d is not that of its entry", number)
		}
	}
}

func checkProof(data []byte, all [][]byte, verifier note.Verifier) {
	parts := strings.SplitN(string(data), "\n\n", 2)
	lines := strings.Split(parts[0], "\n")
	if len(parts) != 2 || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		wrong("it is no proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	must(err)
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		proof = append(proof, parseHash(line))
	}
	tree := open([]byte(parts[1]), verifier)
	must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(all[index])))
}

func checkConsistency(name string, data []byte, reader tlog.HashReader) {
	var before, now int64
	_, err := fmt.Sscanf(name, "%d-%d", &before, &now)
	must(err)
	var proof tlog.TreeProof
	for _, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		if line != "" {
			proof = append(proof, parseHash(line))
		}
	}
	beforeHash, err := tlog.TreeHash(before, reader)
	must(err)
	nowHash, err := tlog.TreeHash(now, reader)
	must(err)
	must(tlog.CheckTree(proof, now, nowHash, before, beforeHash))
}

func files(f folder, name string) []string {
	found, err := filepath.Glob(filepath.Join(string(f), name))
	must(err)
	return found
}

func main() {
	f := folder(os.Args[1])
	verifier, err := note.NewVerifier(os.Args[2])
	must(err)
	checkpoint, err := f.read("checkpoint")
	must(err)
	tree := open(checkpoint, verifier)
	all := entries(f, tree.N)

	// The tree anew, from the entries; and every leaf through tiles that the root vouches for.
	var stored hashes
	var leaves []int64
	for number, entry := range all {
		more, err := tlog.StoredHashes(int64(number), entry, stored)
		must(err)
		stored = append(stored, more...)
		leaves = append(leaves, tlog.StoredHashIndex(0, int64(number)))
	}
	root, err := tlog.TreeHash(tree.N, stored)
	must(err)
	if root != tree.Hash {
		wrong("the entries have the root %v, not %v", root, tree.Hash)
	}
	reader := tlog.TileHashReader(tree, f)
	there, err := reader.ReadHashes(leaves)
	must(err)
	for number, hash := range there {
		if hash != tlog.RecordHash(all[number]) {
			wrong("leaf %d is not that of its entry", number)
		}
	}
	// Every tree that there was is a beginning of this one.
	steps := tree.N/50 + 1
	for size := int64(1); size <= tree.N; size += steps {
		proof, err := tlog.ProveTree(tree.N, size, reader)
		must(err)
		hash, err := tlog.TreeHash(size, stored)
		must(err)
		must(tlog.CheckTree(proof, tree.N, tree.Hash, size, hash))
	}
	commits, err := f.read("commits")
	must(err)
	checkCommits(commits, all)
	proofs, consistencies := files(f, "proofs/*"), files(f, "consistency/*")
	for _, path := range proofs {
		data, err := os.ReadFile(path)
		must(err)
		checkProof(data, all, verifier)
	}
	for _, path := range consistencies {
		data, err := os.ReadFile(path)
		must(err)
		checkConsistency(filepath.Base(path), data, reader)
	}
	fmt.Printf("RIGHT: %d commits, %d inclusion proofs, %d consistency proofs\n",
		tree.N, len(proofs), len(consistencies))
}
