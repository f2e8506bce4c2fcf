package main

import (
	"fmt"
	"runtime"
	"time"

	"github.com/batchtick/batchtick/internal/bench"
)

// nodeName is the contender that is not Go: npm's dataloader where the row loads, V8's promises where it does not.
const nodeName = "node"

// sample is one slice of one contender, for one unit.
type sample struct{ nanoseconds, allocs, bytes float64 }

// measurer takes turns: in each round every contender of every row has one slice of time. What slows the machine down for a
// while slows all contenders down, so their ratio within a round holds though their times do not.
type measurer struct {
	workloads []bench.Workload
	slice     time.Duration
	node      *node // nil if there is none
	progress  func(string)
}

func (m measurer) measure(rounds int) ([]Row, error) {
	taken := map[string]map[string][]sample{} // by row and contender, one a round
	for _, w := range m.workloads {
		taken[w.Row] = map[string][]sample{}
	}
	for round := range rounds + 1 { // round 0 is for caches, branch predictors and V8's compiler
		m.progress(fmt.Sprintf("round %d of %d", round, rounds))
		for _, w := range m.workloads {
			if err := m.turns(w, round, taken[w.Row]); err != nil {
				return nil, err
			}
		}
	}
	var rows []Row
	for _, w := range m.workloads {
		rows = append(rows, rowOf(w, taken[w.Row]))
	}
	return rows, nil
}

// turns gives each contender of w its slice. Another one begins in each round, so none always runs behind the same one.
func (m measurer) turns(w bench.Workload, round int, taken map[string][]sample) error {
	names := contenders(w, m.node)
	for i := range names {
		name := names[(i+round)%len(names)]
		s, err := m.slot(w, name, round)
		if err != nil {
			return fmt.Errorf("row %s, %s: %w", w.Row, name, err)
		}
		if round > 0 {
			taken[name] = append(taken[name], s)
		}
	}
	return nil
}

func contenders(w bench.Workload, node *node) []string {
	var names []string
	for _, c := range w.Contenders {
		names = append(names, c.Name)
	}
	if node.has(w.Row) {
		names = append(names, nodeName)
	}
	return names
}

func (m measurer) slot(w bench.Workload, name string, round int) (sample, error) {
	if name == nodeName {
		if round == 0 {
			return m.node.slice(w, 10*m.slice) // V8 compiles what it has seen often, and only then as well as it can
		}
		return m.node.slice(w, m.slice)
	}
	for _, c := range w.Contenders {
		if c.Name == name {
			return sliceOf(w, c, m.slice)
		}
	}
	return sample{}, fmt.Errorf("no such contender")
}

// sliceOf runs c for about that long, once at least, and checks what the last run answered.
func sliceOf(w bench.Workload, c bench.Contender, slice time.Duration) (sample, error) {
	run := c.Prepare(w.N)
	runtime.GC() // the garbage of the contender before is not this one's
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var answer bench.Answer
	var elapsed time.Duration
	runs := 0
	for more := 1; elapsed < slice; more *= 2 { // the runs double, so the clock is read seldom
		start := time.Now()
		for range more {
			answer = run()
		}
		elapsed += time.Since(start)
		runs += more
	}
	runtime.ReadMemStats(&after)
	units := float64(runs) * float64(w.N)
	s := sample{
		nanoseconds: float64(elapsed.Nanoseconds()) / units,
		allocs:      float64(after.Mallocs-before.Mallocs) / units,
		bytes:       float64(after.TotalAlloc-before.TotalAlloc) / units,
	}
	return s, check(answer, w.Want(w.N), c.ByTimer)
}

func check(got, want bench.Answer, byTimer bool) error {
	if byTimer {
		want.Batches = got.Batches
	}
	if got != want {
		return fmt.Errorf("wrong answer %+v, want %+v", got, want)
	}
	return nil
}

func rowOf(w bench.Workload, taken map[string][]sample) Row {
	row := Row{Row: w.Row, Title: w.Title, Unit: w.Unit, N: w.N}
	floor := times(taken[bench.Floor])
	for _, c := range w.Contenders {
		samples := taken[c.Name]
		f := figureOf(c.Name, samples, floor)
		if in := taken[nodeName]; in != nil {
			toNode := spreadOf(ratios(times(samples), times(in)))
			f.ToNode = &toNode
		}
		allocs := spreadOf(column(samples, func(s sample) float64 { return s.allocs })).Median
		bytes := spreadOf(column(samples, func(s sample) float64 { return s.bytes })).Median
		f.Allocs, f.Bytes = &allocs, &bytes
		row.Figures = append(row.Figures, f)
	}
	if in := taken[nodeName]; in != nil {
		row.Figures = append(row.Figures, figureOf(nodeName, in, floor))
	}
	return row
}

func figureOf(name string, samples []sample, floor []float64) Figure {
	ns := times(samples)
	return Figure{Contender: name, Nanoseconds: spreadOf(ns), ToFloor: spreadOf(ratios(ns, floor))}
}

func times(samples []sample) []float64 {
	return column(samples, func(s sample) float64 { return s.nanoseconds })
}

func column(samples []sample, of func(sample) float64) []float64 {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	return values
}

// ratios divides round by round.
func ratios(times, by []float64) []float64 {
	divided := make([]float64, len(times))
	for i := range times {
		divided[i] = times[i] / by[i]
	}
	return divided
}
