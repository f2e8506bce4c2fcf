package loaderorder_test

import (
	_ "embed"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/batchtick/batchtick/internal/conformance/node"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	programs  = flag.Int("programs", 10_000, "how many random programs to compare with npm's dataloader")
	firstSeed = flag.Uint64("seed", 1, "the seed of the first program; the next one has the next seed")
)

//go:embed play.js
var playJS string

// chunk is how many programs one node process is given.
const chunk = 1000

func TestRandomLoaderProgramsMakeTheBatchesOfDataLoader(t *testing.T) {
	node.Requires(t, "dataloader")
	var total coverage
	for done := 0; done < *programs; done += chunk {
		var ps []*program
		for i := done; i < min(done+chunk, *programs); i++ {
			ps = append(ps, generate(*firstSeed+uint64(i)))
		}
		for i, want := range node.Play[*program, trace](t, playJS, ps) {
			if difference := compare(ps[i], want, &total); difference != "" {
				report(t, ps[i], difference)
			}
		}
	}
	t.Logf("%+v", total)
	if *programs >= 1000 { // a comparison that compares next to nothing would pass too
		require.Greater(t, total.ExactPrograms*2, total.Programs, "too few programs whose order is compared")
		require.Greater(t, total.Keys, 2*total.Batches, "batches of one key say little")
	}
}

// coverage counts what was compared.
type coverage struct {
	Programs, ExactPrograms int
	Batches, Keys           int
	Results, Rejections     int
	Callbacks               int // whose order was compared
}

// compare says how the library differs from what npm's dataloader did, or returns "".
func compare(p *program, want trace, total *coverage) string {
	got := play(p)
	if p.exact() {
		if !slices.Equal(want.Log, got.Log) {
			return fmt.Sprintf("order\n  npm  %s\n  here %s", strings.Join(want.Log, ", "), strings.Join(got.Log, ", "))
		}
		total.ExactPrograms++
		total.Callbacks += len(want.Results)
	}
	for i := range want.Batches {
		npm, here := fmt.Sprint(comparable(p, want.Batches[i])), fmt.Sprint(comparable(p, got.Batches[i]))
		if npm != here {
			return fmt.Sprintf("batches of loader%d\n  npm  %s\n  here %s", i, npm, here)
		}
	}
	loose := map[string]bool{} // which of several keys fails first depends on the order, and so on when hits are given
	p.walk(func(o *op) { loose[fmt.Sprint(o.ID)] = o.Op == "loadAll" && (!p.exact() || got.hits[o.ID]) })
	for id, npm := range want.Results {
		here := got.Results[id]
		if npm != here && !(loose[id] && strings.HasPrefix(npm, "r") && strings.HasPrefix(here, "r")) {
			return fmt.Sprintf("#%s is %q in npm's and %q here", id, npm, here)
		}
	}
	if len(want.Results) != len(got.Results) {
		return fmt.Sprintf("results\n  npm  %v\n  here %v", want.Results, got.Results)
	}
	total.Programs++
	total.Results += len(want.Results)
	for _, outcome := range want.Results {
		if outcome[0] == 'r' {
			total.Rejections++
		}
	}
	for _, batches := range got.Batches {
		total.Batches += len(batches)
		for _, keys := range batches {
			total.Keys += len(keys)
		}
	}
	return ""
}

// comparable is the batches of one loader without what differs by design: the order, in programs where that does, and
// then the doubles of a key that was loaded, cleared and loaded again.
func comparable(p *program, batches [][]int) [][]int {
	if p.exact() {
		return batches
	}
	var found [][]int
	for _, keys := range batches {
		sorted := slices.Sorted(slices.Values(keys))
		if !p.NoCache {
			sorted = slices.Compact(sorted)
		}
		found = append(found, sorted)
	}
	return found
}

// report makes the program that failed as small as it can, and fails the test.
func report(t *testing.T, p *program, difference string) {
	t.Helper()
	small := p
	for {
		smaller := false
		tried := candidates(small)
		for i, want := range node.Play[*program, trace](t, playJS, tried) {
			if d := compare(tried[i], want, &coverage{}); d != "" {
				difference, small, smaller = d, tried[i], true
				break
			}
		}
		if !smaller {
			break
		}
	}
	t.Fatalf("seed %d differs from npm's dataloader; to see it again, in internal/conformance: "+
		"go test ./loaderorder -seed %d -programs 1\n%s\nThe program, cut short:\n%s", p.Seed, p.Seed, difference, small)
}
