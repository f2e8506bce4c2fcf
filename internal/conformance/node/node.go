// Package node plays programs in Node.js for the tests that compare the library with JavaScript.
package node

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// patience is how long one call of Play may take. It needs a second or two; a script that waits for ever must not keep CI.
const patience = 2 * time.Minute

// Play gives script the programs, one a line of JSON, and returns what it prints, one line of JSON for each of them. One
// process plays them all, since starting node takes longer than a thousand programs do. Modules are found as if script
// were a file in the test's directory.
func Play[P, R any](t testing.TB, script string, programs []P) []R {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("this test compares the library with Node.js, and there is no node on the PATH: install Node.js 20 or later")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var in, out, complaint bytes.Buffer
	encode := json.NewEncoder(&in)
	for _, p := range programs {
		if err := encode.Encode(p); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(ctx, path, "--no-warnings", "-e", script) // programs leave rejections unhandled on purpose
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &out, &complaint
	if err := cmd.Run(); err != nil {
		t.Fatalf("node: %v\n%s", err, complaint.String())
	}
	results := make([]R, len(programs))
	decode := json.NewDecoder(&out)
	for i := range results {
		if err := decode.Decode(&results[i]); err != nil {
			t.Fatalf("node answered %d of %d programs: %v\n%s", i, len(programs), err, complaint.String())
		}
	}
	return results
}

// Requires fails the test if the npm package is not installed. Nothing is downloaded at test time.
func Requires(t testing.TB, npmPackage string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join("..", "node_modules", npmPackage, "package.json")); err != nil {
		t.Fatalf("the npm package %s is not installed: run npm ci in internal/conformance", npmPackage)
	}
}
