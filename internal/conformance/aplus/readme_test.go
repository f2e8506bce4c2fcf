package aplus

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// table is a table of README.md, which a test writes so that nobody has to copy numbers.
type table struct{ strings.Builder }

// newTable makes a table with these columns; a third and later one holds numbers.
func newTable(columns ...string) *table {
	t := &table{}
	t.row(columns...)
	for i := range columns {
		if i < 2 {
			t.WriteString("|---")
		} else {
			t.WriteString("|--:")
		}
	}
	t.WriteString("|\n")
	return t
}

func (tab *table) row(cells ...string) {
	tab.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

// requireIn requires that README.md has the table between the two comments of that name, or with -update puts it there.
func (tab *table) requireIn(t *testing.T, name string) {
	t.Helper()
	path := filepath.Join(module, "README.md")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	begin, end := "<!-- "+name+": written by the test -->\n", "<!-- end of "+name+" -->\n"
	before, rest, hasBegin := strings.Cut(string(text), begin)
	old, after, hasEnd := strings.Cut(rest, end)
	require.True(t, hasBegin && hasEnd, "README.md needs the lines %q and %q, with the table between them", begin, end)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(before+begin+tab.String()+end+after), 0o644))
		return
	}
	require.Equal(t, tab.String(), old, "README.md says otherwise; add -update to correct it")
}
