package promise_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func TestMapAllNeverExceedsItsLimit(t *testing.T) {
	const items = 50
	for _, limit := range []int{1, 3, items, items * 2, 0, -1} {
		t.Run(fmt.Sprint("limit ", limit), func(t *testing.T) {
			s := scheduler.New()
			inFlight, most := 0, 0
			var input []int
			for i := range items {
				input = append(input, i)
			}
			all := promise.MapAll(s, input, limit, func(v int) *promise.Promise[string] {
				inFlight++
				most = max(most, inFlight)
				p, r := promise.WithResolvers[string](s)
				// Later ones are ready sooner, so that the order of the results is not that of the settling.
				s.Go(func(context.Context) func() {
					return func() {
						inFlight--
						r.Resolve(fmt.Sprint("item ", v))
					}
				})
				return p
			})
			run(t, s)
			want := items
			if limit > 0 {
				want = min(limit, items)
			}
			require.Equal(t, want, most, "as many as allowed, and no more")
			require.Zero(t, inFlight)
			values, err, _ := all.Result()
			require.NoError(t, err)
			require.Len(t, values, items)
			for i, v := range values {
				require.Equal(t, fmt.Sprint("item ", i), v)
			}
		})
	}
}

func TestMapAllStopsStartingAfterARejection(t *testing.T) {
	s := scheduler.New()
	var started []int
	_, rs := members(s, 0)
	all := promise.MapAll(s, []int{0, 1, 2, 3, 4, 5, 6, 7}, 3, func(v int) *promise.Promise[int] {
		started = append(started, v)
		p, r := promise.WithResolvers[int](s)
		rs = append(rs, r)
		return p
	})
	all.Done(nil, func(error) {})
	run(t, s)
	require.Equal(t, []int{0, 1, 2}, started)
	rs[0].Resolve(0)
	run(t, s)
	require.Equal(t, []int{0, 1, 2, 3}, started)
	rs[2].Reject(errBoom)
	run(t, s)
	requireReason(t, errBoom, all)
	rs[1].Resolve(1)
	rs[3].Reject(errOther) // late, and handled by MapAll
	run(t, s)
	require.Equal(t, []int{0, 1, 2, 3}, started)
}

func TestMapAllOfManySettledPromisesUsesNoStack(t *testing.T) {
	const n = 200_000
	for _, limit := range []int{1, 7, 0} {
		s := scheduler.New()
		all := promise.MapAll(s, make([]int, n), limit, func(int) *promise.Promise[int] { return promise.Resolve(s, 1) })
		sum := promise.Map(all, func(vs []int) (sum int, err error) {
			for _, v := range vs {
				sum += v
			}
			return sum, nil
		})
		smallStack(t, func() { run(t, s) })
		requireValue(t, n, sum)
	}
}

func TestReduceGoesFromLeftToRightOneAfterTheOther(t *testing.T) {
	s := scheduler.New()
	inFlight := 0
	p := promise.Reduce(s, []string{"a", "b", "c"}, ">", func(acc, item string) *promise.Promise[string] {
		inFlight++
		require.Equal(t, 1, inFlight)
		return promise.Go(s, func(context.Context) (string, error) { return acc + item, nil }).Finally(func() { inFlight-- })
	})
	run(t, s)
	requireValue(t, ">abc", p)
}

func TestReduceStopsAtARejection(t *testing.T) {
	s := scheduler.New()
	var seen []int
	p := promise.Reduce(s, []int{1, 2, 3, 4}, 0, func(acc, item int) *promise.Promise[int] {
		seen = append(seen, item)
		if item == 2 {
			return promise.Reject[int](s, errBoom)
		}
		return promise.Resolve(s, acc+item)
	})
	require.ErrorIs(t, s.Run(t.Context()), errBoom)
	requireReason(t, errBoom, p)
	require.Equal(t, []int{1, 2}, seen)
}

// A callback returns the promise of MapAll, and another takes over its outcome: from then on its own state says nothing.
func TestMapAllThatIsFollowedStopsAtItsFirstError(t *testing.T) {
	for name, second := range map[string]error{"then a value": nil, "then another error": errOther} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			reasons := []error{errBoom, second, nil, nil}
			var started []int
			outer := promise.Then(promise.Resolve(s, 0), func(int) *promise.Promise[[]int] {
				return promise.MapAll(s, []int{0, 1, 2, 3}, 2, func(i int) *promise.Promise[int] {
					started = append(started, i)
					return promise.Try(s, func() (int, error) { return i, reasons[i] })
				})
			})
			_, err := outer.Await(t.Context())
			require.Equal(t, errBoom, err)
			run(t, s)
			requireReason(t, errBoom, outer) // and not the one that came later
			require.Equal(t, []int{0, 1}, started)
		})
	}
}
