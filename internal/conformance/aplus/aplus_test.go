package aplus

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

// module is the directory of the conformance module, seen from this package's tests.
const module = ".."

// tests is how many tests the suite has. A run of any other number has not run the suite.
const tests = 872

func TestPromisesAplus(t *testing.T) {
	requireSuite(t)
	var outcomes []Outcome
	var err error
	synctest.Test(t, func(t *testing.T) { // the suite's timers cost no time
		outcomes, err = RunSuite(t.Context(), filepath.Join(module, "node_modules"))
	})
	require.NoError(t, err)

	failed := 0
	for _, o := range outcomes {
		if len(o.Failures) > 0 {
			failed++
			t.Errorf("%s\n\t%q", o.Name, o.Failures)
		}
	}
	fmt.Printf("%d passed, %d failed\n", len(outcomes)-failed, failed)
	require.Len(t, outcomes, tests, "the suite was not run as a whole")
}

// requireSuite fails t unless the packages that package.json asks for are installed, in these very versions. The tests
// download nothing.
func requireSuite(t *testing.T) {
	t.Helper()
	var wanted struct{ DevDependencies map[string]string }
	readJSON(t, filepath.Join(module, "package.json"), &wanted)
	var found struct{ Version string }
	path := filepath.Join(module, "node_modules", "promises-aplus-tests", "package.json")
	if _, err := os.Stat(path); err == nil {
		readJSON(t, path, &found)
	}
	if version := wanted.DevDependencies["promises-aplus-tests"]; found.Version != version {
		t.Fatalf("promises-aplus-tests %s is not installed: run npm ci in internal/conformance", version)
	}
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, into), path)
}
