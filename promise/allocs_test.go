package promise_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// The callbacks are made once, outside of what is measured: a closure would be an allocation of the test's own.

func toString(int) (string, error) { return "", nil }
func recovered(error) (int, error) { return 0, nil }
func nothing()                     {}
func take(int)                     {}
func takeError(error)              {}

func TestAReactionIsOneAllocation(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	s := scheduler.New()
	pending, _ := promise.WithResolvers[int](s)
	settled := promise.Resolve(s, 1)
	then := func(int) *promise.Promise[int] { return settled }
	catch := func(error) *promise.Promise[int] { return settled }
	handle := func(int, error) *promise.Promise[int] { return settled }
	tests := map[string]func(p *promise.Promise[int]){
		"Then":             func(p *promise.Promise[int]) { promise.Then(p, then) },
		"Map":              func(p *promise.Promise[int]) { promise.Map(p, same) },
		"Map to a string":  func(p *promise.Promise[int]) { promise.Map(p, toString) },
		"Handle":           func(p *promise.Promise[int]) { promise.Handle(p, handle) },
		"Catch":            func(p *promise.Promise[int]) { p.Catch(catch) },
		"Recover":          func(p *promise.Promise[int]) { p.Recover(recovered) },
		"Finally":          func(p *promise.Promise[int]) { p.Finally(nothing) },
		"Tap":              func(p *promise.Promise[int]) { p.Tap(take) },
		"Done":             func(p *promise.Promise[int]) { p.Done(take, takeError) },
		"Then, the method": func(p *promise.Promise[int]) { p.Then(then) },
		"Map, the method":  func(p *promise.Promise[int]) { p.Map(same) },
	}
	for name, react := range tests {
		t.Run(name, func(t *testing.T) {
			require.EqualValues(t, 1, testing.AllocsPerRun(1_000, func() { react(pending) }), "on a pending promise")
			require.EqualValues(t, 1, testing.AllocsPerRun(1_000, func() { react(settled) }), "on a settled promise")
			run(t, s)
		})
	}
}

func TestAChainIsOneAllocationPerStep(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	s := scheduler.New()
	tail, _ := promise.WithResolvers[int](s)
	settled := promise.Resolve(s, 1)
	then := func(int) *promise.Promise[int] { return settled }
	require.EqualValues(t, 1, testing.AllocsPerRun(1_000, func() { tail = promise.Map(tail, same) }))
	require.EqualValues(t, 1, testing.AllocsPerRun(1_000, func() { tail = promise.Then(tail, then) }))
}

func TestMakingAPromiseIsOneAllocation(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	s := scheduler.New()
	var made *promise.Promise[int]
	require.EqualValues(t, 1, testing.AllocsPerRun(1_000, func() { made = promise.Resolve(s, 1) }))
	require.EqualValues(t, 1, testing.AllocsPerRun(1_000, func() { made, _ = promise.WithResolvers[int](s) }))
	runtime.KeepAlive(made)
}

// mallocs counts what f allocates in all, the growth of the queue included.
func mallocs(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs
}

func TestSettlingAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	const n = 10_000
	s := scheduler.New()
	settled := promise.Resolve(s, 1)
	tests := map[string]func(r promise.Resolver[int]){
		"Resolve":                      func(r promise.Resolver[int]) { r.Resolve(1) },
		"Follow of a settled promise":  func(r promise.Resolver[int]) { r.Follow(settled) },
		"Reject, with it being caught": func(r promise.Resolver[int]) { r.Reject(errBoom) },
	}
	for name, settle := range tests {
		t.Run(name, func(t *testing.T) {
			ps, rs := members(s, n)
			for _, p := range ps {
				promise.Map(p, same).Recover(recovered).Done(take, takeError)
			}
			count := mallocs(func() {
				for _, r := range rs {
					settle(r)
				}
				_ = s.Run(t.Context())
			})
			require.Less(t, count, uint64(100), "for %d promises of three reactions each, queue and all", n)
		})
	}
}

func TestRunningAChainAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	const n = 10_000
	s := scheduler.New()
	head, r := promise.WithResolvers[int](s)
	tail := head
	settled := promise.Resolve(s, 1)
	then := func(int) *promise.Promise[int] { return settled }
	for range n {
		tail = promise.Then(promise.Map(tail, same), then)
	}
	count := mallocs(func() {
		r.Resolve(1)
		_ = s.Run(t.Context())
	})
	require.Less(t, count, uint64(100))
	requireValue(t, 1, tail)
}

func TestAllIsOneObjectAndOneSlice(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	for _, n := range []int{2, 1_000} {
		s := scheduler.New()
		ps, rs := members(s, n)
		var all *promise.Promise[[]int]
		made := mallocs(func() { all = promise.All(s, ps...) })
		require.LessOrEqual(t, made, uint64(n+8), "a reaction for each member at most, and a few objects for itself")
		settled := mallocs(func() {
			for i, r := range rs {
				r.Resolve(i)
			}
			_ = s.Run(t.Context())
		})
		require.LessOrEqual(t, settled, uint64(40))
		require.Equal(t, promise.Fulfilled, all.State())
	}
}
