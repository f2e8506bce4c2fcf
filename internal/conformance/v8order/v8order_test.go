package v8order_test

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
	programs  = flag.Int("programs", 10_000, "how many random programs to compare with V8")
	firstSeed = flag.Uint64("seed", 1, "the seed of the first program; the next one has the next seed")
)

//go:embed play.js
var playJS string

// chunk is how many programs one node process is given.
const chunk = 1000

func TestRandomPromiseProgramsRunAsInV8(t *testing.T) {
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
		require.Greater(t, total.PlainPrograms*5, total.Programs, "too few programs whose order is compared as it is")
		require.Greater(t, total.OutcomesAsIs*2, total.Outcomes, "too few outcomes that are compared as they are")
	}
}

// coverage counts what was compared.
type coverage struct {
	Programs, PlainPrograms int // those played, and those whose order is V8's without a price
	Callbacks               int
	PlainCallbacks          int // callbacks of plain programs
	Outcomes, OutcomesAsIs  int // outcomes of promises, and how many were compared without a price
	Pending, Unhandled      int
}

// compare says how the library differs from what V8 did, or returns "".
func compare(p *program, v8 trace, total *coverage) string {
	priced := play(p, true)
	if d := difference(v8, priced, func(int) bool { return true }); d != "" {
		return "with JavaScript's price: " + d
	}
	if d := ordered("unhandled rejections", flat(v8), flat(priced)); d != "" && !p.uses("async") {
		return "with JavaScript's price: " + d
	}
	if d := ordered("callbacks", v8.Log, priced.Log); d != "" {
		return "with JavaScript's price: " + d
	}

	asIs := play(p, false)
	t := findTaint(p)
	if d := difference(v8, asIs, func(site int) bool { return !t.tainted[site] }); d != "" {
		return "as it is: " + d
	}
	if d := ordered("unhandled rejections", flat(v8), flat(asIs)); d != "" && t.clean && !p.uses("async") {
		return "as it is: " + d
	}
	if asIs.disorder != "" {
		return "as it is: " + asIs.disorder
	}
	if p.plain() {
		if d := ordered("callbacks", v8.Log, asIs.Log); d != "" {
			return "as it is: " + d
		}
		total.PlainPrograms++
		total.PlainCallbacks += len(v8.Log)
	}
	total.count(v8, t)
	return ""
}

func (c *coverage) count(v8 trace, t *taint) {
	c.Programs++
	c.Callbacks += len(v8.Log)
	for _, phase := range v8.Unhandled {
		c.Unhandled += len(phase)
	}
	for site, outcome := range v8.Outcomes {
		if outcome == "" {
			continue
		}
		c.Outcomes++
		if !t.tainted[site] {
			c.OutcomesAsIs++
		}
		if outcome == "p" {
			c.Pending++
		}
	}
}

func difference(want, got trace, comparable func(site int) bool) string {
	for site := range want.Outcomes {
		if comparable(site) && want.Outcomes[site] != got.Outcomes[site] {
			return fmt.Sprintf("p%d is %q in V8 and %q here", site, want.Outcomes[site], got.Outcomes[site])
		}
	}
	return ""
}

func flat(t trace) []string {
	var lines []string
	for i, phase := range t.Unhandled {
		lines = append(lines, fmt.Sprintf("phase %d: %v", i, phase))
	}
	return lines
}

func ordered(what string, want, got []string) string {
	if slices.Equal(want, got) {
		return ""
	}
	return fmt.Sprintf("%s\n  V8   %s\n  here %s", what, strings.Join(want, " "), strings.Join(got, " "))
}

// report makes the program that failed as small as it can, and fails the test.
func report(t *testing.T, p *program, difference string) {
	t.Helper()
	small := shrink(p, func(candidates []*program) *program {
		for i, want := range node.Play[*program, trace](t, playJS, candidates) {
			if d := compare(candidates[i], want, &coverage{}); d != "" {
				difference = d
				return candidates[i]
			}
		}
		return nil
	})
	t.Fatalf("seed %d differs from V8; to see it again, in internal/conformance: go test ./v8order -seed %d -programs 1\n%s\n"+
		"The program, cut short (#id is what is logged, p the promises):\n%s", p.Seed, p.Seed, difference, small)
}
