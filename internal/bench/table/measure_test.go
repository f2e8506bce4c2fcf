package main

import (
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/internal/bench"
)

// The ratio is taken within each round. A round in which the machine was ten times as slow must not change it, though it
// changes both medians.
func TestARatioIsOfOneRound(t *testing.T) {
	w := bench.Workload{
		Row: "X", Unit: "key", N: 1, Contenders: []bench.Contender{{Name: bench.Floor}, {Name: bench.Batchtick}},
	}
	row := rowOf(w, map[string][]sample{
		bench.Floor:     {{nanoseconds: 10}, {nanoseconds: 1_000}, {nanoseconds: 20}},
		bench.Batchtick: {{15, 2, 64}, {1_500, 2, 64}, {30, 2, 64}},
		nodeName:        {{nanoseconds: 30}, {nanoseconds: 3_000}, {nanoseconds: 60}},
	})
	own, ok := row.Figure(bench.Batchtick)
	require.True(t, ok)
	require.Equal(t, Spread{1.5, 1.5, 1.5}, own.ToFloor)
	require.Equal(t, Spread{0.5, 0.5, 0.5}, *own.ToNode)
	require.EqualValues(t, 30, own.Nanoseconds.Median)
	require.EqualValues(t, 2, *own.Allocs)
	require.EqualValues(t, 64, *own.Bytes)
	js, ok := row.Figure(nodeName)
	require.True(t, ok)
	require.Equal(t, Spread{3, 3, 3}, js.ToFloor)
	require.Nil(t, js.Allocs, "nobody has counted them")
}

func TestASliceIsForOneUnit(t *testing.T) {
	var kept [][]byte
	runs := 0
	c := bench.Contender{Name: "pages", Prepare: func(n int) func() bench.Answer {
		return func() bench.Answer {
			runs++
			time.Sleep(time.Millisecond)
			for range n {
				kept = append(kept[:0], make([]byte, 4_096))
			}
			return bench.Answer{Sum: n}
		}
	}}
	w := bench.Workload{N: 1_000, Want: func(n int) bench.Answer { return bench.Answer{Sum: n} }}
	s, err := sliceOf(w, c, 5*time.Millisecond)
	require.NoError(t, err)
	require.GreaterOrEqual(t, s.nanoseconds, 1e3, "a run sleeps for a millisecond, and is a thousand units")
	require.InDelta(t, 4_096, s.bytes, 400)
	require.InDelta(t, 1, s.allocs, 0.5)
	require.NotEmpty(t, kept)
	require.Positive(t, runs)
}

func TestAWrongAnswerIsNoMeasurement(t *testing.T) {
	w := bench.Workload{N: 10, Want: func(n int) bench.Answer { return bench.Answer{Sum: n, Batches: 1} }}
	answers := func(a bench.Answer, byTimer bool) error {
		_, err := sliceOf(w, bench.Contender{
			ByTimer: byTimer, Prepare: func(int) func() bench.Answer { return func() bench.Answer { return a } },
		}, time.Microsecond)
		return err
	}
	require.NoError(t, answers(bench.Answer{Sum: 10, Batches: 1}, false))
	require.ErrorContains(t, answers(bench.Answer{Sum: 11, Batches: 1}, false), "wrong answer")
	require.ErrorContains(t, answers(bench.Answer{Sum: 10, Batches: 2}, false), "wrong answer")
	require.NoError(t, answers(bench.Answer{Sum: 10, Batches: 2}, true), "a timer decides the number of batches")
	require.ErrorContains(t, answers(bench.Answer{Sum: 11, Batches: 1}, true), "wrong answer")
}

func startedNode(t *testing.T) *node {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Fatal("this test runs the rows in Node.js: install Node.js 20 or later")
	}
	js, err := startNode("..")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, js.Close()) })
	return js
}

// What is fast and wrong in JavaScript would be as unfair as in Go.
func TestNodeGivesTheRightAnswers(t *testing.T) {
	js := startedNode(t)
	for _, w := range bench.Workloads() {
		if w.Row == "L" {
			require.False(t, js.has("L"), "JavaScript has one thread")
			continue
		}
		require.True(t, js.has(w.Row), "row %s", w.Row)
		w.N = min(w.N, 1_000)
		s, err := js.slice(w, time.Millisecond) // most rows run more than once: what one leaves behind must not help the next
		require.NoError(t, err, "row %s", w.Row)
		require.Positive(t, s.nanoseconds, "row %s", w.Row)
	}
	w := bench.Workload{Row: "B", N: 10, Want: func(int) bench.Answer { return bench.Answer{Sum: 1, Batches: 1} }}
	_, err := js.slice(w, time.Microsecond)
	require.ErrorContains(t, err, "wrong answer")
}

func TestWithoutNodeTheRestIsMeasured(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := startNode("..")
	require.ErrorIs(t, err, errNoNode)

	workloads, err := selected("F")
	require.NoError(t, err)
	rows, err := measurer{workloads, time.Microsecond, nil, func(string) {}}.measure(2)
	require.NoError(t, err)
	require.Len(t, rows, 1)
	_, ok := rows[0].Figure(nodeName)
	require.False(t, ok)
	floor, _ := rows[0].Figure(bench.Floor)
	require.EqualValues(t, 1, floor.ToFloor.Median)
}

// Turns are taken: no contender has two slices before each other one has had as many, and none is always the first.
func TestContendersTakeTurns(t *testing.T) {
	var order []string
	note := func(name string) bench.Contender {
		return bench.Contender{Name: name, Prepare: func(int) func() bench.Answer {
			order = append(order, name)
			return func() bench.Answer { time.Sleep(time.Microsecond); return bench.Answer{} }
		}}
	}
	w := bench.Workload{
		Row: "X", N: 1, Want: func(int) bench.Answer { return bench.Answer{} },
		Contenders: []bench.Contender{note(bench.Floor), note("one"), note("two")},
	}
	_, err := measurer{[]bench.Workload{w}, time.Nanosecond, nil, func(string) {}}.measure(2)
	require.NoError(t, err)
	require.Equal(t, []string{"floor", "one", "two", "one", "two", "floor", "two", "floor", "one"}, order)
}

// Round 0 warms up. Here it alone allocates.
func TestTheFirstRoundDoesNotCount(t *testing.T) {
	var kept [][]byte
	prepared := 0
	c := bench.Contender{Name: bench.Floor, Prepare: func(int) func() bench.Answer {
		prepared++
		cold := prepared == 1
		return func() bench.Answer {
			for range 1_000 {
				if cold {
					kept = append(kept, make([]byte, 64))
				}
			}
			time.Sleep(time.Microsecond)
			return bench.Answer{}
		}
	}}
	w := bench.Workload{
		Row: "X", N: 1, Want: func(int) bench.Answer { return bench.Answer{} }, Contenders: []bench.Contender{c},
	}
	rows, err := measurer{[]bench.Workload{w}, time.Nanosecond, nil, func(string) {}}.measure(1)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(kept), 1_000)
	require.Less(t, *rows[0].Figures[0].Allocs, 250.0)
}
