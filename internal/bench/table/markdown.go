package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/batchtick/batchtick/internal/bench"
)

// columns of the overview: a heading, and the contenders that belong under it.
var columns = []struct {
	heading    string
	contenders []string
	says       []string // what tells the second contender of a cell from the first
}{
	{"by hand", []string{bench.Floor}, nil},
	{"batchtick, inline", []string{bench.BatchtickInline}, nil},
	{"batchtick", []string{bench.Batchtick, "batchtick-group"}, []string{"", "goroutines in a Group "}},
	{"graph-gophers, by count", []string{"graph-gophers", "graph-gophers-staged"}, []string{"", "staged by hand "}},
	{"graph-gophers, default wait", []string{"graph-gophers-default-wait"}, nil},
	{"samber/mo", []string{"mo"}, nil},
	{"Node.js", []string{nodeName}, nil},
}

// markdownTable is what docs/performance.md shows: the overview, the goals, and every figure.
func markdownTable(r Result) string {
	var b strings.Builder
	b.WriteString(header(r))
	b.WriteString("\n\n")
	b.WriteString(overview(r))
	b.WriteString("\n")
	b.WriteString(goalTable(r))
	b.WriteString("\n<details>\n<summary>Every figure, with quartiles, allocations and bytes</summary>\n\n")
	b.WriteString(details(r))
	b.WriteString("\n</details>\n")
	return b.String()
}

func header(r Result) string {
	in := "no Node.js"
	if r.Machine.Node != "" {
		in = r.Machine.Node
	}
	return fmt.Sprintf("%s, %s · %s, %d cores · %s · medians of %d rounds, in which all take turns",
		r.Machine.Go, in, r.Machine.CPU, r.Machine.Cores, r.Machine.Date, r.Rounds)
}

func overview(r Result) string {
	var b strings.Builder
	b.WriteString("| | time for each |")
	for _, c := range columns {
		b.WriteString(" " + c.heading + " |")
	}
	b.WriteString("\n|---|---|" + strings.Repeat("--:|", len(columns)) + "\n")
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "| **%s** %s | %s |", row.Row, row.Title, row.Unit)
		for _, c := range columns {
			var cell []string
			for i, name := range c.contenders {
				f, ok := row.Figure(name)
				if !ok {
					continue
				}
				text := timeAndRatio(f)
				if c.says != nil {
					text = c.says[i] + text
				}
				cell = append(cell, text)
			}
			b.WriteString(" " + strings.Join(cell, "; ") + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func timeAndRatio(f Figure) string {
	text := duration(f.Nanoseconds.Median)
	if f.Contender != bench.Floor {
		text += " (" + significant(f.ToFloor.Median) + "×)"
	}
	return text
}

func goalTable(r Result) string {
	var b strings.Builder
	b.WriteString("| | Goal | Measured | Reached |\n|---|---|--:|---|\n")
	for _, g := range goals {
		measured, verdict := g.outcome(r)
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", g.row, g.text, measured, verdict)
	}
	return b.String()
}

func details(r Result) string {
	var b strings.Builder
	b.WriteString("| | | for each | median | quartiles | × by hand | quartiles | × Node.js | allocations | bytes |\n")
	b.WriteString("|---|---|---|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, row := range r.Rows {
		for _, f := range row.Figures {
			ns, ratio := f.Nanoseconds, f.ToFloor
			inNode := ""
			if f.ToNode != nil {
				inNode = significant(f.ToNode.Median)
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s – %s | %s | %s – %s | %s | %s | %s |\n",
				row.Row, f.Contender, row.Unit, duration(ns.Median), duration(ns.Low), duration(ns.High),
				significant(ratio.Median), significant(ratio.Low), significant(ratio.High), inNode, count(f.Allocs), count(f.Bytes))
		}
	}
	return b.String()
}

// shortRows and shortColumns are what the README has room for.
var (
	shortRows    = []string{"A", "B", "D", "E", "F", "I", "K"}
	shortColumns = []struct{ heading, contender string }{
		{"by hand", bench.Floor}, {"batchtick", bench.Batchtick}, {"graph-gophers, by count", "graph-gophers"},
		{"samber/mo", "mo"}, {"Node.js", nodeName},
	}
)

func shortTable(r Result) string {
	var b strings.Builder
	b.WriteString("| time for each |")
	for _, c := range shortColumns {
		b.WriteString(" " + c.heading + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("--:|", len(shortColumns)) + "\n")
	for _, name := range shortRows {
		row, ok := r.Row(name)
		if !ok {
			continue
		}
		fmt.Fprintf(&b, "| %s: %s |", row.Title, row.Unit)
		for _, c := range shortColumns {
			cell := ""
			if f, ok := row.Figure(c.contender); ok {
				cell = duration(f.Nanoseconds.Median)
			}
			b.WriteString(" " + cell + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// duration writes nanoseconds with three digits and the unit that suits.
func duration(nanoseconds float64) string {
	switch {
	case nanoseconds >= 999_500:
		return significant(nanoseconds/1e6) + " ms"
	case nanoseconds >= 999.5:
		return significant(nanoseconds/1e3) + " µs"
	}
	return significant(nanoseconds) + " ns"
}

// significant writes three digits, and all of those before the point.
func significant(v float64) string {
	if v == 0 {
		return "0"
	}
	_, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', 2, 64), "e") // of v rounded to three digits
	magnitude, _ := strconv.Atoi(exponent)
	text := strconv.FormatFloat(v, 'f', min(3, max(0, 2-magnitude)), 64)
	if v < 10_000 {
		return text
	}
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "\u00a0" + text[i:]
	}
	return text
}

// count writes allocations or bytes for each unit. Less than a hundredth is what a whole run makes once.
func count(v *float64) string {
	switch {
	case v == nil:
		return ""
	case *v < 0.01:
		return "0"
	}
	return significant(*v)
}
