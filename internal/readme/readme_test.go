// Package readme keeps the README honest: its program is compiled and run, and must print what the README says.
package readme_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

var block = regexp.MustCompile("(?s)```(go|text)\n(.*?)```")

func TestTheProgramInTheREADMEPrintsWhatTheREADMESays(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	blocks := block.FindAllStringSubmatch(string(readme), 2)
	require.Len(t, blocks, 2)
	require.Equal(t, []string{"go", "text"}, []string{blocks[0][1], blocks[1][1]}, "the program comes first, then its output")

	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir := t.TempDir() // a module of its own, made as the README tells a stranger to
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(blocks[0][2]), 0o600))
	for _, args := range [][]string{
		{"mod", "init", "stranger"},
		{"mod", "edit", "-require", "github.com/batchtick/batchtick@v0.0.0", "-replace", "github.com/batchtick/batchtick=" + root},
	} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
	}
	cmd := exec.Command("go", "run", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off") // nothing but the standard library is needed
	out, err := cmd.Output()
	require.NoError(t, err, string(out))
	require.Equal(t, blocks[1][2], string(out))
}
