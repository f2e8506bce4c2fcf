package dataloader_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// checkGuests runs a program with the library and says where it differs from the model.
func checkGuests(t *testing.T, p *guestProgram) error {
	others := goleak.IgnoreCurrent()
	w := newGuestWorld(p.cfg)
	if err := w.run(t.Context(), p); err != nil {
		return err
	}
	diff := w.faults
	if !p.cfg.failing {
		diff = w.differences(p, runModel(p))
	}
	if err := goleak.Find(others); err != nil {
		diff = append(diff, err.Error())
	}
	if len(diff) > 0 {
		return fmt.Errorf("%s", strings.Join(diff, "\n"))
	}
	return nil
}

// checkSeeds checks the programs of n seeds.
func checkSeeds(t *testing.T, first, n uint64) {
	t.Helper()
	for seed := first; seed < first+n; seed++ {
		p := decodeGuests(randomGuests(seed))
		if err := checkGuests(t, p); err != nil {
			t.Fatalf("seed %d:\n%s%v", seed, p, err)
		}
	}
}

// randomGuests is a random program. Most begin with a head under which the batches are certain.
func randomGuests(seed uint64) []byte {
	data := randomProgram(seed + 1_000_000)
	if seed%4 != 0 {
		data[0] &^= 0x20
		data[0] |= 4
	}
	return data
}

func TestGuestsMakeTheBatchesOfTheModel(t *testing.T) {
	programs := uint64(2_000)
	if testing.Short() || raceEnabled {
		programs = 400
	}
	for i, procs := range []int{1, 8, runtime.GOMAXPROCS(0)} {
		t.Run(fmt.Sprint("processors ", procs), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
			checkSeeds(t, uint64(i)*10_000, programs/3)
		})
	}
	t.Run("busy processors", func(t *testing.T) {
		defer burn(runtime.GOMAXPROCS(0))()
		checkSeeds(t, 50_000, programs/40)
	})
}

func FuzzGuests(f *testing.F) {
	for seed := range uint64(50) {
		f.Add(randomGuests(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p := decodeGuests(data)
		if err := checkGuests(t, p); err != nil {
			t.Fatalf("%s%v", p, err)
		}
	})
}

// The random programs are worth what they reach: if a change of the decoder made one of these rare, the tests above
// would go on passing.
func TestRandomGuestsReachWhatTheyAreFor(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(2_000) {
		p := decodeGuests(randomGuests(seed))
		kinds := map[guestKind]bool{}
		var walk func(b *guestBody)
		walk = func(b *guestBody) {
			for _, o := range b.ops {
				kinds[o.kind] = true
				if o.kind == gNest && o.limit > 0 {
					seen["limit of a nested group"]++
				}
				for _, child := range o.bodies {
					walk(child)
				}
			}
		}
		for _, b := range p.bodies {
			walk(b)
		}
		for k := range kinds {
			seen[guestKindNames[k]]++
		}
		if p.cfg.failing {
			seen["failing"]++
			continue
		}
		m := runModel(p)
		several := func(keys []int) bool { return len(keys) > 2 }
		for what, yes := range map[string]bool{
			"exact":              p.cfg.exact(),
			"exact under Eager":  p.cfg.exact() && !p.cfg.lockstep,
			"exact, both cut":    p.cfg.exact() && p.cfg.maxBatch == [2]int{2, 2} && m.rounds > 1,
			"exact, whole":       p.cfg.exact() && p.cfg.failWhole && m.rounds > 1,
			"not exact":          !p.cfg.exact(),
			"many rounds":        m.rounds > 5,
			"many goroutines":    len(m.guests) > 10,
			"batches of several": slices.ContainsFunc(m.loaders[0].batches, several),
			"limit":              p.cfg.limit > 0 && len(p.bodies) > p.cfg.limit,
			"two loaders":        len(m.loaders[0].batches) > 1 && len(m.loaders[1].batches) > 1,
		} {
			if yes {
				seen[what]++
			}
		}
		seen[fmt.Sprint("driver ", p.cfg.driver)]++
	}
	for _, what := range slices.Concat(guestKindNames[:], []string{
		"exact", "exact under Eager", "exact, both cut", "exact, whole", "not exact", "failing", "many rounds", "many goroutines",
		"batches of several", "limit", "limit of a nested group", "two loaders", "driver 0", "driver 1", "driver 2", "driver 3",
	}) {
		if seen[what] < 40 {
			t.Errorf("%q in %d of 2 000 programs", what, seen[what])
		}
	}
}
