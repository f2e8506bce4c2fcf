package dataloader_test

import (
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

var soak = flag.Duration("soak", 0, "how long TestSoak goes on in real time; 0 for some hundred requests in fake time")

// Requests in which everything goes wrong, and which are cancelled at any moment, must leave nothing behind: no goroutine,
// no timer and no memory. On demand: go test ./dataloader -run Soak -soak 60s
func TestSoak(t *testing.T) {
	if *soak == 0 {
		synctest.Test(t, func(t *testing.T) {
			soakWorkers(t, func(done int) bool { return done < 200 })
			time.Sleep(time.Second) // batch functions that ignore ctx come to their end
		})
		return
	}
	soakWorkers(t, func(done int) bool { return done < 2000 }) // what is allocated once
	before := settledHeap(t)
	end := time.Now().Add(*soak)
	requests := soakWorkers(t, func(int) bool { return time.Now().Before(end) })
	after := settledHeap(t)
	t.Logf("%d requests; live heap %d bytes before, %d after", requests, before, after)
	require.Less(t, after, before+1<<20)
}

// settledHeap is the live heap once only the caller's goroutine and those of the test binary are left.
func settledHeap(t *testing.T) uint64 {
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= 4 }, 10*time.Second, time.Millisecond)
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func soakWorkers(t *testing.T, more func(done int) bool) (requests int) {
	var workers sync.WaitGroup
	counts := make([]int, 8)
	for w := range counts {
		workers.Go(func() {
			for ; more(counts[w]); counts[w]++ {
				r := &soakRequest{rng: rand.New(rand.NewPCG(uint64(w), uint64(counts[w])))}
				if problem := r.serve(t.Context()); problem != "" {
					t.Errorf("worker %d, request %d: %s", w, counts[w], problem)
					return
				}
			}
		})
	}
	workers.Wait()
	for _, n := range counts {
		requests += n
	}
	return requests
}

var errSoak = errors.New("this batch is to fail")

type soakRequest struct {
	mu  sync.Mutex // batch functions draw too
	rng *rand.Rand
}

func (r *soakRequest) draw(n int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rng.IntN(n)
}

func (r *soakRequest) while() time.Duration { return time.Duration(r.draw(2000)) * time.Microsecond }

// serve is one request. It returns what was not as promised.
func (r *soakRequest) serve(ctx context.Context) (problem string) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cancelled := r.draw(3) == 0
	if cancelled {
		defer time.AfterFunc(r.while(), cancel).Stop()
	}

	s := scheduler.New(scheduler.WithPolicy([]scheduler.Policy{scheduler.Eager, scheduler.Lockstep}[r.draw(2)]))
	options := []dataloader.Option{dataloader.WithMaxBatchSize(r.draw(4)), dataloader.WithMaxConcurrency(r.draw(3))}
	users := dataloader.New(s, r.fetch, options...)
	posts := dataloader.New(s, r.fetch, append(options, dataloader.WithoutErrorCache())...)
	never, _ := promise.WithResolvers[int](s)

	var all []*promise.Promise[int]
	for range 1 + r.draw(10) {
		key := r.draw(20)
		all = append(all,
			users.Load(key).Then(posts.Load),
			promise.Async(s, func(ctx context.Context) (int, error) {
				u, err := users.Load(key).Await(ctx)
				if err != nil {
					return 0, err
				}
				return posts.Load(u + 1).Await(ctx)
			}),
			promise.Race(s, never, posts.Load(key), users.Load(key).Timeout(r.while())),
			promise.Go(s, func(ctx context.Context) (int, error) {
				values, err := r.fetch(ctx, []int{key})
				return len(values), err
			}),
		)
	}
	outcome := promise.AllSettled(s, all...)

	if r.draw(2) == 0 {
		_, err := outcome.Await(ctx)
		if err != nil && ctx.Err() == nil {
			return "Await: " + err.Error()
		}
		if err := s.Close(); err != nil {
			return "Close: " + err.Error()
		}
	} else if err := s.Run(ctx); err != nil && ctx.Err() == nil {
		return "Run: " + err.Error()
	}
	if outcome.State() == promise.Pending && !cancelled {
		return "something is left pending"
	}
	return ""
}

// fetch does what a batch function should not.
func (r *soakRequest) fetch(ctx context.Context, keys []int) ([]int, error) {
	switch r.draw(12) {
	case 0:
		return nil, errSoak
	case 1:
		panic("soak")
	case 2:
		runtime.Goexit()
	case 3:
		return keys[1:], nil
	case 4:
		errs := make(dataloader.Errors, len(keys))
		errs[0] = errSoak
		return keys, errs
	case 5:
		time.Sleep(r.while()) // whatever ctx says
	case 6, 7:
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(r.while()):
		}
	}
	return keys, nil
}
