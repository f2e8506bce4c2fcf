package promise_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/batchtick/batchtick/scheduler"
)

// The library must do what the reference does, whatever the program: the same callbacks with the same
// arguments in the same order, the same fate for every promise, the same errors reported.
func TestRandomProgramsDoWhatTheReferenceDoes(t *testing.T) {
	programs := 10_000
	if testing.Short() {
		programs = 3_000
	}
	const base = 20_260_101
	reached := map[string]int{}
	for i := range programs {
		data := randomBytes(base + uint64(i))
		if difference := compareWorlds(data, reached); difference != "" {
			t.Fatalf("seed %d\n%s", base+i, difference)
		}
	}
	// A generator that went dull would leave a test that passes because it tries nothing.
	for _, kind := range []string{"value", "reason", "pending", "cycle", "nil promise", "any[", "panic", "never made", "unhandled"} {
		if reached[kind] < programs/200 {
			t.Errorf("only %d of %d programs came to %q", reached[kind], programs, kind)
		}
	}
}

func FuzzPromiseProgram(f *testing.F) {
	for seed := range uint64(64) {
		f.Add(randomBytes(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4_096 {
			return
		}
		if difference := compareWorlds(data, map[string]int{}); difference != "" {
			t.Fatal(difference)
		}
	})
}

func randomBytes(seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 7))
	data := make([]byte, 20+r.IntN(400))
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

// compareWorlds runs the program in both worlds and describes the first difference.
func compareWorlds(data []byte, reached map[string]int) string {
	p := generate(data)
	want := execute(p, world[ref](naive{&reference{}}))
	got := execute(p, world[real](realWorld{scheduler.New()}))
	count(reached, want)

	var text strings.Builder
	differ := func(what string, want, got []string) {
		if text.Len() > 0 {
			return
		}
		for i := range max(len(want), len(got)) {
			w, g := at(want, i), at(got, i)
			if w != g {
				fmt.Fprintf(&text, "%s %d: want %q, got %q\nwant %q\ngot  %q\n\n%s", what, i, w, g, want, got, p)
				return
			}
		}
	}
	differ("callback", want.log, got.log)
	differ("promise", want.outcomes, got.outcomes)
	differ("unhandled error", distinct(want.unhandled), distinct(got.unhandled))
	for phase, reasons := range got.unhandled {
		if text.Len() > 0 {
			break
		}
		slices.Sort(reasons)
		// One error that reached several leaves is one error. The sentinels may come wrapped, one by one, and
		// two calls of Any may fail with the same text.
		for i := 1; i < len(reasons); i++ {
			one := strings.ContainsAny(reasons[i], ".") || strings.HasPrefix(reasons[i], "panic")
			if one && reasons[i] == reasons[i-1] && !strings.Contains(reasons[i], "any[") {
				fmt.Fprintf(&text, "phase %d reports %q twice\n\n%s", phase, reasons[i], p)
			}
		}
	}
	return text.String()
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "nothing"
}

func distinct(phases [][]string) []string {
	all := slices.Concat(phases...)
	slices.Sort(all)
	return slices.Compact(all)
}

func count(reached map[string]int, result trace) {
	seen := map[string]bool{"unhandled": len(distinct(result.unhandled)) > 0}
	for _, outcome := range result.outcomes {
		for _, kind := range []string{"value", "reason", "pending", "cycle", "nil promise", "any[", "panic", "never made"} {
			if strings.Contains(outcome, kind) {
				seen[kind] = true
			}
		}
	}
	for kind, yes := range seen {
		if yes {
			reached[kind]++
		}
	}
}
