package dataloader_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

// trace is what a program did in a world.
type trace struct {
	events   []string       // the callbacks of single loads, in the order in which they ran
	outcomes map[int]string // of every operation that has one
	promises map[int]any    // what each Load returned
}

// play does the program's steps, and afterwards settles what is still in flight.
func play(p program, w world) *trace {
	tr := &trace{outcomes: map[int]string{}, promises: map[int]any{}}
	var do func(ops []*op)
	outcome := func(o *op, text string) {
		if before, twice := tr.outcomes[o.id]; twice {
			text = before + ", then again " + text
		}
		tr.outcomes[o.id] = text
		do(o.then)
	}
	do = func(ops []*op) {
		for _, o := range ops {
			switch o.kind {
			case opLoad:
				tr.promises[o.id] = w.load(o, func(text string) {
					tr.events = append(tr.events, fmt.Sprintf("#%d %s", o.id, text))
					outcome(o, text)
				})
			case opLoadMany, opLoadSettled, opLoadMap:
				w.loadSeveral(o, func(text string) { outcome(o, text) })
			case opClear:
				w.clear(o.loader, o.keys[0])
			case opClearAll:
				w.clearAll(o.loader)
			case opPrime:
				w.prime(o.loader, o.keys[0], 90_000+o.id)
			case opPrimeError:
				w.primeError(o.loader, o.keys[0], fmt.Sprint("primed by #", o.id))
			case opSettle:
				// In a run of its own, so that no other job of the step has a place in the queue before or behind it.
				w.run()
				if w.settle(o.loader, o.keys[0]) {
					w.run()
				}
			}
		}
	}
	for _, step := range p.steps {
		do(step)
		w.run()
	}
	for settled := true; settled; {
		settled = false
		for l := range p.cfg.loaders {
			if w.settle(l, 0) {
				w.run()
				settled = true
			}
		}
	}
	return tr
}

// checkProgram plays a program in both worlds and says where they differ.
func checkProgram(p program) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	ref, lib := newRefWorld(p.cfg), newLibWorld(p.cfg)
	want, got := play(p, ref), play(p, lib)
	if lib.runErr != nil {
		return fmt.Errorf("Run: %w", lib.runErr)
	}
	for i, l := range ref.loaders {
		want, got := l.source.batches, lib.sources[i].batches
		if p.cfg.unordered {
			want, got = sorted(want), sorted(got)
		}
		if !slices.EqualFunc(want, got, slices.Equal) {
			return fmt.Errorf("batches of loader %d:\nwant %v\ngot  %v", i, want, got)
		}
	}
	if !reflect.DeepEqual(want.outcomes, got.outcomes) {
		return fmt.Errorf("outcomes:\nwant %v\ngot  %v", want.outcomes, got.outcomes)
	}
	if !p.cfg.unordered && !slices.Equal(want.events, got.events) {
		return fmt.Errorf("order of callbacks:\nwant %v\ngot  %v", want.events, got.events)
	}
	return sameHits(want.promises, got.promises)
}

// sameHits checks that loads which the reference serves with one promise got one promise from the library.
func sameHits(want, got map[int]any) error {
	first := map[any]int{}
	for id, p := range want {
		if other, ok := first[p]; !ok {
			first[p] = id
		} else if got[id] != got[other] {
			return fmt.Errorf("the loads #%d and #%d must return the same promise", id, other)
		}
	}
	return nil
}

// shorten cuts bytes off a failing program, and single bytes to zero, while it still fails.
func shorten(data []byte) []byte {
	fails := func(d []byte) bool { return checkProgram(decodeProgram(d)) != nil }
	for n := range data {
		if fails(data[:n]) {
			data = data[:n]
			break
		}
	}
	for again := true; again; {
		again = false
		for i := range data {
			for _, d := range [][]byte{slices.Delete(slices.Clone(data), i, i+1), slices.Replace(slices.Clone(data), i, i+1, 0)} {
				if (len(d) < len(data) || data[i] != 0) && fails(d) {
					data, again = d, true
					break
				}
			}
			if again {
				break
			}
		}
	}
	return data
}

func randomProgram(seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	data := make([]byte, 20+r.IntN(220))
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

func TestRandomProgramsAgreeWithTheReference(t *testing.T) {
	programs := uint64(20_000)
	if testing.Short() || raceEnabled {
		programs = 2_000
	}
	for seed := range programs {
		data := randomProgram(seed)
		if checkProgram(decodeProgram(data)) == nil {
			continue
		}
		p := decodeProgram(shorten(data))
		t.Fatalf("seed %d, shortened:\n%s\n%v", seed, p, checkProgram(p))
	}
}

func FuzzLoaderProgram(f *testing.F) {
	for seed := range uint64(50) {
		f.Add(randomProgram(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p := decodeProgram(data)
		if err := checkProgram(p); err != nil {
			t.Fatalf("%s\n%v", p, err)
		}
	})
}

// The random programs are worth what they reach: if a change of the decoder made one of these rare, the test above
// would go on passing.
func TestRandomProgramsReachWhatTheyAreFor(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(2_000) {
		p := decodeProgram(randomProgram(seed))
		w := newRefWorld(p.cfg)
		tr := play(p, w)
		mark := func(what string, yes bool) {
			if yes {
				seen[what]++
			}
		}
		batches, several := 0, false
		for _, l := range w.loaders {
			batches += len(l.source.batches)
			several = several || slices.ContainsFunc(l.source.batches, func(keys []int) bool { return len(keys) > 2 })
		}
		failed := func(what string) bool {
			return slices.ContainsFunc(tr.events, func(e string) bool { return strings.Contains(e, what) })
		}
		for _, exec := range []execution{inline, goroutine, byHand} {
			mark(fmt.Sprint("execution ", exec), p.cfg.exec == exec && batches > 1)
		}
		mark("unordered", p.cfg.unordered && batches > 1)
		mark("evicting cache", p.cfg.cache == fifoCache && batches > 1)
		mark("many batches", batches > 5)
		mark("batches of several keys", several)
		mark("failing batch", failed("error batch"))
		mark("failing key", failed("error key"))
		mark("primed error", failed("error primed"))
	}
	for _, what := range []string{
		"execution 0", "execution 1", "execution 2", "unordered", "evicting cache", "many batches",
		"batches of several keys", "failing batch", "failing key", "primed error",
	} {
		if seen[what] < 40 {
			t.Errorf("%q in %d of 2 000 programs", what, seen[what])
		}
	}
}
