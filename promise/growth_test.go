package promise_test

import (
	"context"
	"runtime"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// smallStack runs f with so little stack that a recursion over a million promises ends the test at once
// rather than in some gigabytes.
func smallStack(t *testing.T, f func()) {
	t.Helper()
	before := debug.SetMaxStack(256 << 10)
	defer debug.SetMaxStack(before)
	f()
}

func liveHeap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

const mebibyte = 1 << 20

func many() int {
	if testing.Short() {
		return 100_000
	}
	return 1_000_000
}

// structures are the large things that one can build of promises. Each is built pending, then settled.
var structures = map[string]func(t *testing.T, s *scheduler.Scheduler, n int) (settle func(), check func()){
	"a chain of thens": func(t *testing.T, s *scheduler.Scheduler, n int) (func(), func()) {
		head, r := promise.WithResolvers[int](s)
		tail := head
		for range n {
			tail = promise.Map(tail, func(v int) (int, error) { return v + 1, nil })
		}
		return func() { r.Resolve(0) }, func() { requireValue(t, n, tail); requireValue(t, 0, head) }
	},
	"a chain of rejections that nobody catches before the end": func(t *testing.T, s *scheduler.Scheduler, n int) (func(), func()) {
		head, r := promise.WithResolvers[int](s)
		tail := head
		for range n {
			tail = tail.Map(same)
		}
		caught := tail.Recover(func(error) (int, error) { return 1, nil })
		return func() { r.Reject(errBoom) }, func() { requireValue(t, 1, caught) }
	},
	"a line that follows forwards": func(t *testing.T, s *scheduler.Scheduler, n int) (func(), func()) {
		ps, rs := members(s, n)
		for i := range n - 1 {
			rs[i].Follow(ps[i+1])
		}
		return func() { rs[n-1].Resolve(5) }, func() { requireEach(t, ps) }
	},
	"a line that follows backwards": func(t *testing.T, s *scheduler.Scheduler, n int) (func(), func()) {
		ps, rs := members(s, n)
		for i := n - 2; i >= 0; i-- {
			rs[i].Follow(ps[i+1])
		}
		return func() { rs[n-1].Resolve(5) }, func() { requireEach(t, ps) }
	},
	"many followers of one": func(t *testing.T, s *scheduler.Scheduler, n int) (func(), func()) {
		ps, rs := members(s, n)
		for _, r := range rs[1:] {
			r.Follow(ps[0])
		}
		return func() { rs[0].Resolve(5) }, func() { requireEach(t, ps) }
	},
	"many thens of one": func(t *testing.T, s *scheduler.Scheduler, n int) (func(), func()) {
		head, r := promise.WithResolvers[int](s)
		ps := make([]*promise.Promise[int], 0, n)
		for range n {
			ps = append(ps, head.Map(same))
		}
		return func() { r.Resolve(5) }, func() { requireEach(t, ps) }
	},
	"all of many": func(t *testing.T, s *scheduler.Scheduler, n int) (func(), func()) {
		ps, rs := members(s, n)
		all := promise.All(s, ps...)
		settle := func() {
			for i, r := range rs {
				r.Resolve(i)
			}
		}
		return settle, func() {
			values, err, _ := all.Result()
			require.NoError(t, err)
			require.Len(t, values, n)
			for i, v := range values {
				if i != v {
					require.Equal(t, i, v)
				}
			}
		}
	},
	"thens that return thens that return": func(t *testing.T, s *scheduler.Scheduler, n int) (func(), func()) {
		// Every callback is registered before any runs, and each returns a promise that is still pending.
		head, r := promise.WithResolvers[int](s)
		tail := head
		for range n {
			inner := tail
			tail = promise.Then(head, func(int) *promise.Promise[int] { return inner })
		}
		return func() { r.Resolve(3) }, func() { requireValue(t, 3, tail) }
	},
}

func requireEach(t *testing.T, ps []*promise.Promise[int]) {
	t.Helper()
	for _, p := range ps {
		if v, err, settled := p.Result(); v != 5 || err != nil || !settled {
			requireValue(t, 5, p)
		}
	}
}

func TestAMillionPromisesUseConstantStackAndLinearMemory(t *testing.T) {
	for name, build := range structures {
		t.Run(name, func(t *testing.T) {
			bytesPerStep := func(n int) float64 {
				s := scheduler.New()
				before := liveHeap()
				settle, check := build(t, s, n)
				size := liveHeap() - before
				smallStack(t, func() {
					settle()
					run(t, s)
					check()
				})
				return float64(size) / float64(n)
			}
			small, large := bytesPerStep(10_000), bytesPerStep(many())
			require.Less(t, large, 1.5*small+8, "bytes for each promise at a large number, against those at 10 000")
		})
	}
}

// selfReturning is the self-returning chain of DESIGN: every step returns the promise of the next.
func selfReturning(s *scheduler.Scheduler, steps int, at func(step int)) *promise.Promise[int] {
	n := 0
	var step func(int) *promise.Promise[int]
	step = func(int) *promise.Promise[int] {
		n++
		at(n)
		if n == steps {
			return promise.Resolve(s, n)
		}
		return promise.Then(promise.Resolve(s, n), step)
	}
	return step(0)
}

func TestASelfReturningChainKeepsItsMemory(t *testing.T) {
	steps := 10_000_000
	if testing.Short() || raceEnabled {
		steps = 500_000
	}
	for name, hold := range map[string]bool{"nobody holds the first promise": false, "the first promise is held": true} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			var early, late int64
			first := selfReturning(s, steps, func(step int) {
				switch step {
				case 10_000:
					early = liveHeap()
				case steps:
					late = liveHeap()
				}
			})
			last := first.Map(same)
			if !hold {
				first = nil
			}
			smallStack(t, func() { run(t, s) })
			requireValue(t, steps, last)
			require.Less(t, late-early, int64(mebibyte), "live heap after 10 000 steps: %d bytes, at the end: %d", early, late)
			runtime.KeepAlive(first)
		})
	}
}

// The steps wait for something, as real ones do: each promise is followed while it is pending.
func TestASelfReturningChainOfWaitsKeepsItsMemory(t *testing.T) {
	steps := 300_000
	if testing.Short() || raceEnabled {
		steps = 50_000
	}
	s := scheduler.New()
	var early, late int64
	n := 0
	var step func(int) *promise.Promise[int]
	step = func(int) *promise.Promise[int] {
		n++
		switch n {
		case 10_000:
			early = liveHeap()
		case steps:
			late = liveHeap()
			return promise.Resolve(s, n)
		}
		p, r := promise.WithResolvers[int](s)
		s.AtTickEnd(func() { r.Resolve(n) })
		return promise.Then(p, step)
	}
	first := step(0)
	smallStack(t, func() { run(t, s) })
	requireValue(t, steps, first)
	require.Less(t, late-early, int64(mebibyte), "live heap after 10 000 steps: %d bytes, at the end: %d", early, late)
}

// What reacts to a promise that outlives it must not stay with that promise: the oldest leak of promises.
func TestALongPendingPromiseDoesNotCollectWhatIsDoneWithIt(t *testing.T) {
	tests := map[string]func(s *scheduler.Scheduler, long *promise.Promise[int]) *promise.Promise[int]{
		"Race": func(s *scheduler.Scheduler, long *promise.Promise[int]) *promise.Promise[int] {
			return promise.Race(s, long, promise.Resolve(s, 1))
		},
		"Any": func(s *scheduler.Scheduler, long *promise.Promise[int]) *promise.Promise[int] {
			return promise.Any(s, long, promise.Resolve(s, 1))
		},
		"All that fails": func(s *scheduler.Scheduler, long *promise.Promise[int]) *promise.Promise[int] {
			all := promise.All(s, long, promise.Reject[int](s, errBoom))
			return promise.Map(all, func(vs []int) (int, error) { return len(vs), nil })
		},
		"Timeout": func(_ *scheduler.Scheduler, long *promise.Promise[int]) *promise.Promise[int] {
			return long.Timeout(time.Second)
		},
		"Await given up": func(s *scheduler.Scheduler, long *promise.Promise[int]) *promise.Promise[int] {
			return promise.Async(s, func(ctx context.Context) (int, error) {
				ctx, cancel := context.WithTimeout(ctx, time.Second)
				defer cancel()
				return long.Await(ctx)
			})
		},
		"Race of a follower": func(s *scheduler.Scheduler, long *promise.Promise[int]) *promise.Promise[int] {
			p, r := promise.WithResolvers[int](s)
			race := promise.Race(s, p, promise.Resolve(s, 1))
			r.Follow(long)
			return race
		},
	}
	for name, again := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New()
				long, r := promise.WithResolvers[int](s)
				loop := func(times int) {
					for range times {
						done := false
						again(s, long).Done(func(int) { done = true }, func(error) { done = true })
						run(t, s)
						require.True(t, done)
					}
				}
				loop(5_000)
				early := liveHeap()
				loop(45_000)
				late := liveHeap()
				require.Less(t, late-early, int64(mebibyte), "live heap after 5 000 rounds: %d bytes, after 50 000: %d", early, late)
				r.Resolve(1)
				run(t, s)
				requireValue(t, 1, long)
			})
		})
	}
}

func TestAwaitingForEverWithOneCtxKeepsItsMemory(t *testing.T) {
	const steps = 50_000
	s := scheduler.New()
	ctx, cancel := context.WithCancel(t.Context()) // as long-lived as a server's
	defer cancel()
	var early, late int64
	p := promise.Async(s, func(context.Context) (int, error) {
		for n := range steps {
			switch n {
			case 5_000:
				early = liveHeap()
			case steps - 1:
				late = liveHeap()
			}
			p, r := promise.WithResolvers[int](s)
			s.AtTickEnd(func() { r.Resolve(n) })
			if v, err := p.Await(ctx); err != nil || v != n {
				return v, err
			}
		}
		return steps, nil
	})
	run(t, s)
	requireValue(t, steps, p)
	require.Less(t, late-early, int64(mebibyte), "live heap after 5 000 steps: %d bytes, at the end: %d", early, late)
}
