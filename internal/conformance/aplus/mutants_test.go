package aplus

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	runMutants = flag.Bool("mutants", false, "plant each defect of the list in a copy of the library, and run the suite against it")
	update     = flag.Bool("update", false, "with -mutants: write what they have failed into README.md")
)

// library is the directory of the library, seen from this package's tests.
var library = filepath.Join(module, "..", "..")

// A mutant whose text has gone from the library proves nothing. This runs always, so that it is noticed at once.
func TestMutantsStillMatchTheLibrary(t *testing.T) {
	for _, m := range slices.Concat(mutants, blindSpots) {
		m.plant(t, library)
	}
}

// TestMutants proves that the suite can fail, and that the adapter lets it. It takes a few seconds for each defect, so it
// runs on demand.
func TestMutants(t *testing.T) {
	if !*runMutants {
		t.Skip("go test ./aplus -run Mutants -mutants")
	}
	requireSuite(t)
	dir := t.TempDir()
	sound := copyLibrary(t, dir)
	require.Zero(t, failures(t, dir), "the copy fails without a defect")

	measure := func(m mutant) int {
		path := filepath.Join(dir, filepath.FromSlash(m.file))
		require.NoError(t, os.WriteFile(path, []byte(m.plant(t, dir)), 0o600))
		failed := failures(t, dir)
		require.NoError(t, os.WriteFile(path, sound[m.file], 0o600))
		t.Logf("%3d failed: %s", failed, m.defect)
		return failed
	}
	seen := newTable("Defect", "In", fmt.Sprintf("Fails, of %d", tests))
	for _, m := range mutants {
		failed := measure(m)
		assert.NotZero(t, failed, "the suite passes with this defect: %s", m.defect)
		seen.row(m.defect, "`"+m.file+"`", strconv.Itoa(failed))
	}
	unseen := newTable("Defect", "In")
	for _, m := range blindSpots {
		assert.Zero(t, measure(m), "this is a blind spot no more; move it to mutants: %s", m.defect)
		unseen.row(m.defect, "`"+m.file+"`")
	}
	if !t.Failed() {
		seen.requireIn(t, "mutants")
		unseen.requireIn(t, "blind spots")
	}
}

// plant returns the text of m's file in the library at dir with the defect in it.
func (m mutant) plant(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(m.file)))
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(text), m.old),
		"%s has changed, and the mutant %q does not fit any more; adapt it: its old text must be there exactly once", m.file, m.defect)
	return strings.Replace(string(text), m.old, m.new, 1)
}

// copyLibrary copies what the suite is run against to dir, beside a conformance.mod that replaces the library by the copy. It
// returns the files by their paths.
func copyLibrary(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, pattern := range []string{"go.mod", "scheduler/*.go", "promise/*.go"} {
		paths, err := filepath.Glob(filepath.Join(library, filepath.FromSlash(pattern)))
		require.NoError(t, err)
		require.NotEmpty(t, paths, pattern)
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			name, err := filepath.Rel(library, path)
			require.NoError(t, err)
			files[filepath.ToSlash(name)] = copyFile(t, path, filepath.Join(dir, name))
		}
	}
	copyFile(t, filepath.Join(module, "go.sum"), filepath.Join(dir, "conformance.sum"))
	mod := string(copyFile(t, filepath.Join(module, "go.mod"), filepath.Join(dir, "conformance.mod")))
	require.Contains(t, mod, "=> ../..\n")
	mod = strings.Replace(mod, "=> ../..\n", "=> "+strconv.Quote(dir)+"\n", 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "conformance.mod"), []byte(mod), 0o600))
	return files
}

func copyFile(t *testing.T, from, to string) []byte {
	t.Helper()
	text, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o700))
	require.NoError(t, os.WriteFile(to, text, 0o600))
	return text
}

var summary = regexp.MustCompile(`(?m)^(\d+) passed, (\d+) failed$`)

// failures runs the suite against the library in dir, in a process of its own, and returns how many tests fail.
func failures(t *testing.T, dir string) int {
	t.Helper()
	cmd := exec.Command("go", "test", "-modfile="+filepath.Join(dir, "conformance.mod"), "-count=1", "-vet=off", "-timeout=1m",
		"-v", "-run=^TestPromisesAplus$", "./aplus")
	cmd.Dir = module
	out, _ := cmd.CombinedOutput() // an exit status of 1 is what we want
	counts := summary.FindStringSubmatch(string(out))
	if counts == nil {
		t.Fatalf("the suite did not come to its end:\n%s", tail(string(out)))
	}
	passed, err := strconv.Atoi(counts[1])
	require.NoError(t, err)
	failed, err := strconv.Atoi(counts[2])
	require.NoError(t, err)
	require.Equal(t, tests, passed+failed)
	return failed
}

func tail(s string) string {
	const most = 4000
	return s[max(0, len(s)-most):]
}
