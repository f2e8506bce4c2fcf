package main

import (
	"bytes"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMeasureWritesBothTables(t *testing.T) {
	if postgresURL() == "" {
		t.Skip("BATCHTICK_POSTGRES has no URL")
	}
	readme := t.TempDir() + "/README.md"
	const markers = "before\n<!-- measured -->\nold\n<!-- /measured -->\nbetween\n<!-- orders -->\n<!-- /orders -->\nafter\n"
	require.NoError(t, os.WriteFile(readme, []byte(markers), 0o644))
	var stdout, stderr bytes.Buffer
	args := []string{"measure", "-runs", "2", "-users", strconv.Itoa(testUsers), "-readme", readme, "-postgres", newPostgresDatabase(t)}
	require.Zero(t, run(t.Context(), args, &stdout, &stderr), stderr.String())
	text, err := os.ReadFile(readme)
	require.NoError(t, err)
	require.NotContains(t, string(text), "old")
	require.Regexp(t, regexp.MustCompile(`(?s)^before\n.*\| best friends of my best friend's friends \| 13 \| 4 \| 4 \| \d+\.\d ms \|.*`+
		`2 runs.*\nbetween\n.*a mutation of three fields \|.*\nafter\n$`), string(text))
	require.Equal(t, 4+len(measured)+len(ordered), strings.Count(string(text), "\n| ")+strings.Count(string(text), "\n|-"))
}

func TestTablesNeedTheirMarkers(t *testing.T) {
	readme := t.TempDir() + "/README.md"
	require.NoError(t, os.WriteFile(readme, []byte("# no markers\n"), 0o644))
	require.ErrorContains(t, replaceTable(readme, "measured", "table"), "<!-- measured -->")
	text, err := os.ReadFile(readme)
	require.NoError(t, err)
	require.Equal(t, "# no markers\n", string(text))
}

func TestTheDatabasesMustAgree(t *testing.T) {
	one := []measurement{{name: "q", rounds: 2, statements: [2]int{9, 2}, median: [2]time.Duration{time.Second, time.Millisecond}}}
	other := []measurement{{name: "q", rounds: 2, statements: [2]int{9, 3}}}
	_, err := render(one, other)
	require.ErrorContains(t, err, "q: [9 2] statements on SQLite, [9 3] on PostgreSQL")
	table, err := render(one, one)
	require.NoError(t, err)
	require.Contains(t, table, "| q | 9 | 2 | 2 | 1000.0 ms | 1.0 ms | 1000.0 ms | 1.0 ms |\n")
}
