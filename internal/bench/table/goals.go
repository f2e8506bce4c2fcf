package main

import (
	"fmt"

	"github.com/batchtick/batchtick/internal/bench"
)

// goal is what a row is meant to reach, as one figure that may be no more than limit.
type goal struct {
	row, text string
	measured  func(Result) (float64, bool)
	limit     float64
	unit      string
}

// goals are read for the inline batch function where the row loads, since the floor starts no goroutine either.
var goals = []goal{
	{"A", "5 × the floor", toFloor("A", bench.BatchtickInline), 5, "×"},
	{"A", "10 allocations", allocs("A", bench.BatchtickInline), 10, ""},
	{"B", "1.4 × the floor", toFloor("B", bench.BatchtickInline), 1.4, "×"},
	{"B", "1.1 allocations a key", allocs("B", bench.BatchtickInline), 1.1, ""},
	{"B", "170 bytes a key", bytes("B", bench.BatchtickInline), 170, "B"},
	{"C", "1.5 × the floor", toFloor("C", bench.BatchtickInline), 1.5, "×"},
	{"D", "1.5 × the floor", toFloor("D", bench.Batchtick), 1.5, "×"},
	{"D", "0 allocations", allocs("D", bench.Batchtick), 0, ""},
	{"E", "1.5 × the floor", toFloor("E", bench.BatchtickInline), 1.5, "×"},
	{"F", "under V8's then", toNode("F", bench.Batchtick), 1, "×"},
	{"F", "1 allocation a hop beside the closure", allocs("F", bench.Batchtick), 2.01, ""},
	{"G", "under V8's then", toNode("G", bench.Batchtick), 1, "×"},
	{"H", "2 × the floor", toFloor("H", bench.Batchtick), 2, "×"},
	{"H", "0 allocations a member, 10 in all", allocs("H", bench.Batchtick), 0.01, ""},
	{"I", "1 µs a function", nanoseconds("I", bench.BatchtickInline), 1_000, "ns"},
	{"J", "1.5 × row B's time for a key", againstRow("J", "B"), 1.5, "×"},
	{"L", "row K's time ÷ (0.85 × cores)", parallelLoss, 1, "×"},
}

func figure(of func(Figure) (float64, bool), row, contender string) func(Result) (float64, bool) {
	return func(r Result) (float64, bool) {
		found, _ := r.Row(row)
		f, ok := found.Figure(contender)
		if !ok {
			return 0, false
		}
		return of(f)
	}
}

func toFloor(row, contender string) func(Result) (float64, bool) {
	return figure(func(f Figure) (float64, bool) { return f.ToFloor.Median, true }, row, contender)
}

func nanoseconds(row, contender string) func(Result) (float64, bool) {
	return figure(func(f Figure) (float64, bool) { return f.Nanoseconds.Median, true }, row, contender)
}

func toNode(row, contender string) func(Result) (float64, bool) {
	return figure(func(f Figure) (float64, bool) {
		if f.ToNode == nil {
			return 0, false
		}
		return f.ToNode.Median, true
	}, row, contender)
}

func allocs(row, contender string) func(Result) (float64, bool) {
	return figure(func(f Figure) (float64, bool) { return known(f.Allocs) }, row, contender)
}

func bytes(row, contender string) func(Result) (float64, bool) {
	return figure(func(f Figure) (float64, bool) { return known(f.Bytes) }, row, contender)
}

func known(value *float64) (float64, bool) {
	if value == nil {
		return 0, false
	}
	return *value, true
}

func againstRow(row, other string) func(Result) (float64, bool) {
	return func(r Result) (float64, bool) {
		mine, ok := nanoseconds(row, bench.BatchtickInline)(r)
		others, found := nanoseconds(other, bench.BatchtickInline)(r)
		return mine / others, ok && found
	}
}

// parallelLoss is row L's time against the time that it may take: 1 is just enough.
func parallelLoss(r Result) (float64, bool) {
	ratio, ok := againstRow("L", "K")(r)
	return ratio * 0.85 * float64(r.Machine.Cores), ok
}

func (g goal) outcome(r Result) (measured, verdict string) {
	value, ok := g.measured(r)
	if !ok {
		return "", "not measured"
	}
	measured = fmt.Sprintf("%s %s", significant(value), g.unit)
	if value <= g.limit {
		return measured, "yes"
	}
	return measured, "**no**"
}
