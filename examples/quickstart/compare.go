// What is compared: each question is asked both ways, each way with a fresh store, and the counters are the store's.
package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/batchtick/batchtick/dataloader/trace"
	"github.com/batchtick/batchtick/scheduler"
)

// Run is what one way of asking took, and what it found.
type Run struct {
	Trips [][]Key
	Took  time.Duration
	Found []Pair
}

// Comparison is one question with both runs. Legend says how to read what was found, Trace has what the loader did.
type Comparison struct {
	Question, Legend string
	Naive, Loaded    Run
	Trace            *trace.Recorder
}

// ask is one way of asking one question.
type ask func(context.Context, *Store) ([]Pair, error)

func compareAll(ctx context.Context, g Graph, latency time.Duration, seed int) ([]Comparison, error) {
	a, b := pickTwo(g, seed)
	ids, me := []int{a, b}, pickMe(g, seed)

	two := Comparison{
		Question: fmt.Sprintf("Load users %d and %d, then the best friend of each", a, b),
		Legend:   "person → best friend",
		Trace:    trace.New(),
	}
	if err := two.run(ctx, g, latency,
		func(ctx context.Context, store *Store) ([]Pair, error) { return naivePairs(ctx, store, ids) },
		func(ctx context.Context, store *Store) ([]Pair, error) {
			return loadedPairs(ctx, store, ids, scheduler.WithObserver(two.Trace))
		},
	); err != nil {
		return nil, err
	}

	query := Comparison{
		Question: fmt.Sprintf("Answer me { bestFriend { friends(first: %d) { bestFriend } } }, where me is user %d",
			firstFriends, me),
		Legend: fmt.Sprintf("me, then my best friend's first %d friends, each → best friend", firstFriends),
		Trace:  trace.New(),
	}
	if err := query.run(ctx, g, latency,
		func(ctx context.Context, store *Store) ([]Pair, error) { return naiveQuery(ctx, store, me) },
		func(ctx context.Context, store *Store) ([]Pair, error) {
			return loadedQuery(ctx, store, me, scheduler.WithObserver(query.Trace))
		},
	); err != nil {
		return nil, err
	}
	return []Comparison{two, query}, nil
}

// run asks both ways. Different answers are an error: then there is nothing to compare.
func (c *Comparison) run(ctx context.Context, g Graph, latency time.Duration, naive, loaded ask) (err error) {
	if c.Naive, err = measure(ctx, newStore(g, latency), naive); err != nil {
		return fmt.Errorf("%s, naively: %w", c.Question, err)
	}
	if c.Loaded, err = measure(ctx, newStore(g, latency), loaded); err != nil {
		return fmt.Errorf("%s, with a loader: %w", c.Question, err)
	}
	if !slices.Equal(c.Naive.Found, c.Loaded.Found) {
		return fmt.Errorf("%s: the answers differ: naively %v, with a loader %v",
			c.Question, c.Naive.Found, c.Loaded.Found)
	}
	return nil
}

func measure(ctx context.Context, store *Store, ask ask) (Run, error) {
	start := time.Now()
	found, err := ask(ctx, store)
	return Run{store.RoundTrips(), time.Since(start), found}, err
}

// pickTwo takes users 1 and 2 for seed 1, 3 and 4 for seed 2, and so on around the graph. A pair that knows its
// best friends already (each other, or one for both) is passed over: the loader would find them in its cache.
func pickTwo(g Graph, seed int) (a, b int) {
	n := len(g)
	from := (seed - 1) % n // first, so that no seed overflows below
	for i := range n {
		x, y := g[mod(2*(from+i), n)], g[mod(2*(from+i)+1, n)]
		if a, b = x.ID, y.ID; x.BestFriend != b && y.BestFriend != a && x.BestFriend != y.BestFriend {
			break
		}
	}
	return a, b
}

func pickMe(g Graph, seed int) int {
	return 1 + rand.New(rand.NewPCG(uint64(seed), 0)).IntN(len(g))
}

// mod is never negative, as % is for a negative seed.
func mod(a, n int) int { return (a%n + n) % n }
