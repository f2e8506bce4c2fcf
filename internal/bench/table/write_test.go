package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/internal/bench"
)

// example is a small result with everything that tables and chart have to cope with.
func example() Result {
	allocs, bytes := 1.056, 215.1
	flat := func(v float64) Spread { return Spread{v, v, v} }
	inGo := func(contender string, ns float64) Figure {
		toNode := flat(ns / 280)
		return Figure{contender, flat(ns), flat(ns / 100), &toNode, &allocs, &bytes}
	}
	return Result{
		Machine: Machine{CPU: "Abacus <3>", Cores: 2, Go: "Go 1.27.3 linux/amd64", Node: "Node.js v20", Date: "2026-11-22"},
		Rounds:  9,
		Rows: []Row{{
			Row: "B", Title: "1 000 distinct keys", Unit: "key", N: 1_000,
			Figures: []Figure{
				inGo(bench.Floor, 100), inGo(bench.Batchtick, 171), inGo(bench.BatchtickInline, 135),
				inGo("graph-gophers", 804), inGo("graph-gophers-default-wait", 16_921),
				{Contender: nodeName, Nanoseconds: flat(280), ToFloor: flat(2.8)},
			},
		}},
	}
}

func TestTables(t *testing.T) {
	table := markdownTable(example())
	require.Contains(t, table, "| **B** 1 000 distinct keys | key | 100 ns | 135 ns (1.35×) | 171 ns (1.71×) |"+
		" 804 ns (8.04×) | 16.9 µs (169×) |  | 280 ns (2.80×) |\n")
	require.Contains(t, table, "| B | 1.4 × the floor | 1.35 × | yes |\n")
	require.Contains(t, table, "| B | 170 bytes a key | 215 B | **no** |\n")
	require.Contains(t, table, "| A | 10 allocations |  | not measured |\n")
	require.Contains(t, table, "| B | batchtick | key | 171 ns | 171 ns – 171 ns | 1.71 | 1.71 – 1.71 | 0.611 | 1.06 | 215 |\n")
	require.Contains(t, table, "| B | node | key | 280 ns | 280 ns – 280 ns | 2.80 | 2.80 – 2.80 |  |  |  |\n")
	for _, part := range []string{"Go 1.27.3", "Node.js v20", "Abacus", "2 cores", "2026-11-22", "9 rounds"} {
		require.Contains(t, table, part)
	}
	require.Contains(t, shortTable(example()), "| 1 000 distinct keys: key | 100 ns | 171 ns | 804 ns |  | 280 ns |\n")
}

func TestFigures(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 0.0041: "0.004", 1: "1.00", 9.87: "9.87", 12.34: "12.3", 171.4: "171", 1_234: "1234", 37_231: "37\u00a0231",
	} {
		require.Equal(t, want, significant(v))
	}
	for v, want := range map[float64]string{5.9: "5.90 ns", 999.4: "999 ns", 999.9: "1.00 µs", 16_438_697: "16.4 ms"} {
		require.Equal(t, want, duration(v))
	}
	tiny := 0.004
	require.Equal(t, "0", count(&tiny))
	require.Empty(t, count(nil))
}

func TestTheChartShowsEveryMark(t *testing.T) {
	svg, err := drawChart(example())
	require.NoError(t, err)
	var marks, says []string
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for inUse := false; ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err, "the chart must be XML, whatever the processor is called")
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local == "use" {
				inUse = true
				marks = append(marks, token.Attr[0].Value+" at "+token.Attr[1].Value)
			}
		case xml.EndElement:
			inUse = inUse && token.Name.Local != "use"
		case xml.CharData:
			if text := strings.TrimSpace(string(token)); inUse && text != "" {
				says = append(says, text)
			}
		}
	}
	const inLegend = 5
	require.Len(t, marks, inLegend+4, "graph-gophers, Node.js and batchtick twice; a default wait is off the chart")
	require.Equal(t, []string{
		"graph-gophers, by count: 804 ns (8.04×) for each key", "Node.js: 280 ns (2.80×) for each key",
		"batchtick: 171 ns (1.71×) for each key", "batchtick, inline: 135 ns (1.35×) for each key",
	}, says)
	require.Contains(t, svg, "prefers-color-scheme: dark")
	require.Contains(t, svg, "Abacus &lt;3&gt;")
}

func TestTheAxisIsLogarithmicAndEnds(t *testing.T) {
	require.InDelta(t, onAxis(2)-onAxis(1), onAxis(20)-onAxis(10), 1e-9)
	require.Greater(t, onAxis(2), onAxis(1))
	require.EqualValues(t, labelsEnd, onAxis(0.0001))
	require.EqualValues(t, axisEnd, onAxis(1e6))
}

func TestWrite(t *testing.T) {
	root := t.TempDir()
	docs := filepath.Join(root, "docs")
	require.NoError(t, os.Mkdir(docs, 0o755))
	readme := filepath.Join(root, "README.md")
	require.NoError(t, os.WriteFile(readme, []byte("# no markers\n"), 0o644))
	read := func(path string) string {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		return string(data)
	}

	require.NoError(t, write(root, example()))
	page := filepath.Join(docs, "performance.md")
	require.Contains(t, read(page), "171 ns (1.71×)")
	require.Equal(t, "# no markers\n", read(readme))
	again, err := readResult(filepath.Join(docs, "performance.json"))
	require.NoError(t, err)
	require.Equal(t, example(), again, "the chart can be drawn again from what was written")

	first := read(page)
	require.NoError(t, os.WriteFile(page, []byte("prose before\n"+first+"prose behind\n"), 0o644))
	require.NoError(t, os.WriteFile(readme, []byte("a\n<!-- bench:short -->\nold\n<!-- /bench:short -->\nb\n"), 0o644))
	require.NoError(t, write(root, again))
	require.Equal(t, "prose before\n"+first+"prose behind\n", read(page), "written twice it is the same")
	require.Contains(t, read(readme), "| 1 000 distinct keys: key |")
	require.NotContains(t, read(readme), "old")
	require.True(t, strings.HasPrefix(read(readme), "a\n<!--") && strings.HasSuffix(read(readme), "-->\nb\n"))

	require.NoError(t, os.WriteFile(page, []byte("<!-- bench:table -->\nand no end\n"), 0o644))
	require.ErrorContains(t, write(root, again), "markers")
	require.Equal(t, "<!-- bench:table -->\nand no end\n", read(page), "a page without its markers is left alone")
}

func TestRowsAreLetters(t *testing.T) {
	chosen, err := selected("BL")
	require.NoError(t, err)
	require.Len(t, chosen, 2)
	for _, wrong := range []string{"X", "BB", "b"} {
		_, err := selected(wrong)
		require.ErrorContains(t, err, "letters A to L")
	}
	require.ErrorContains(t, run(settings{rows: "B", write: true, rounds: 1}), "leave -rows out")
	require.ErrorContains(t, run(settings{}), "-rounds")
}

func TestGoals(t *testing.T) {
	rows := map[string]bool{}
	for _, w := range bench.Workloads() {
		rows[w.Row] = true
	}
	for _, g := range goals {
		require.True(t, rows[g.row], "goal %q is for row %s", g.text, g.row)
	}
	lone := Result{Machine: Machine{Cores: 4}, Rows: []Row{
		{Row: "K", Figures: []Figure{{Contender: bench.BatchtickInline, Nanoseconds: Spread{Median: 3_400}}}},
		{Row: "L", Figures: []Figure{{Contender: bench.BatchtickInline, Nanoseconds: Spread{Median: 1_000}}}},
	}}
	value, ok := parallelLoss(lone)
	require.True(t, ok)
	require.InDelta(t, 1, value, 1e-9, "3.4 times the throughput is just what is asked of 4 cores")
}
