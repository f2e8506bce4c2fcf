package promise_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func TestFollowingInACircleIsACycle(t *testing.T) {
	for _, n := range []int{1, 2, 3, 1_000} {
		for _, direction := range []string{"forwards", "backwards"} {
			t.Run(fmt.Sprint(n, " ", direction), func(t *testing.T) {
				s := scheduler.New()
				ps := make([]*promise.Promise[int], n)
				rs := make([]promise.Resolver[int], n)
				for i := range n {
					ps[i], rs[i] = promise.WithResolvers[int](s)
				}
				for i := range n {
					if direction == "backwards" {
						i = n - 1 - i
					}
					requirePending(t, ps[i])
					rs[i].Follow(ps[(i+1)%n])
				}
				for _, p := range ps {
					requireReason(t, promise.ErrCycle, p)
				}
				run(t, s)
			})
		}
	}
}

func TestFollowingAnAliasOfOneselfIsACycle(t *testing.T) {
	s := scheduler.New()
	p, r := promise.WithResolvers[int](s)
	alias := p
	for range 10 { // each follows the one before: all of them are p by other names
		next, follower := promise.WithResolvers[int](s)
		follower.Follow(alias)
		alias = next
	}
	r.Follow(alias)
	requireReason(t, promise.ErrCycle, p)
	requireReason(t, promise.ErrCycle, alias)
	run(t, s)
}

func TestACallbackThatReturnsItsOwnPromiseIsACycle(t *testing.T) {
	s := scheduler.New()
	one := promise.Resolve(s, 1)
	var d, e *promise.Promise[int]
	tests := map[string]func() *promise.Promise[int]{
		"Then": func() *promise.Promise[int] { return promise.Then(one, func(int) *promise.Promise[int] { return d }) },
		"Handle": func() *promise.Promise[int] {
			return promise.Handle(one, func(int, error) *promise.Promise[int] { return d })
		},
		"Catch": func() *promise.Promise[int] {
			return promise.Reject[int](s, errBoom).Catch(func(error) *promise.Promise[int] { return d })
		},
		"two callbacks that return each other's": func() *promise.Promise[int] {
			e = promise.Then(one, func(int) *promise.Promise[int] { return d })
			e.Done(nil, func(err error) { require.ErrorIs(t, err, promise.ErrCycle) })
			return promise.Then(one, func(int) *promise.Promise[int] { return e })
		},
	}
	for name, make := range tests {
		t.Run(name, func(t *testing.T) {
			d = make()
			caught := d.Recover(func(error) (int, error) { return 7, nil })
			run(t, s)
			requireReason(t, promise.ErrCycle, d)
			requireValue(t, 7, caught)
		})
	}
}

func TestACycleThatNobodyHandlesIsReported(t *testing.T) {
	s := scheduler.New()
	p, r := promise.WithResolvers[int](s)
	r.Follow(p)
	require.ErrorIs(t, s.Run(t.Context()), promise.ErrCycle)
}

func TestAFollowerIsSettledAsTheOtherIs(t *testing.T) {
	tests := map[string]struct {
		settle  func(r promise.Resolver[int])
		require func(t *testing.T, p *promise.Promise[int])
	}{
		"fulfilled": {
			func(r promise.Resolver[int]) { r.Resolve(5) },
			func(t *testing.T, p *promise.Promise[int]) { requireValue(t, 5, p) },
		},
		"rejected": {
			func(r promise.Resolver[int]) { r.Reject(errBoom) },
			func(t *testing.T, p *promise.Promise[int]) { requireReason(t, errBoom, p) },
		},
	}
	for name, tt := range tests {
		for _, when := range []string{"before", "after"} {
			t.Run(name+" "+when, func(t *testing.T) {
				s := scheduler.New()
				target, r := promise.WithResolvers[int](s)
				var followers []*promise.Promise[int]
				follow := func() {
					for range 3 { // three of one, and one of the last
						p, follower := promise.WithResolvers[int](s)
						follower.Follow(target)
						followers = append(followers, p)
					}
					p, follower := promise.WithResolvers[int](s)
					follower.Follow(followers[2])
					followers = append(followers, p)
				}
				if when == "before" {
					tt.settle(r)
					follow()
				} else {
					follow()
					for _, p := range followers {
						requirePending(t, p)
					}
					tt.settle(r)
				}
				for _, p := range followers {
					tt.require(t, p)
				}
				run(t, s)
			})
		}
	}
}

func TestReactionsRunAfterTheTargetWhereverTheyWereRegistered(t *testing.T) {
	s := scheduler.New()
	var order []string
	watch := func(p *promise.Promise[int], name string) {
		p.Done(func(v int) { order = append(order, fmt.Sprint(name, v)) }, nil)
	}
	inner, r := promise.WithResolvers[int](s)
	outer, follower := promise.WithResolvers[int](s)
	watch(outer, "outer before ")
	watch(inner, "inner before ")
	follower.Follow(inner)
	watch(outer, "outer after ")
	watch(inner, "inner after ")
	r.Resolve(1)
	require.Empty(t, order, "a callback ran inside the call that settled")
	watch(inner, "inner late ")
	watch(outer, "outer late ")
	run(t, s)
	require.Equal(t, []string{
		"inner before 1", "outer before 1", "outer after 1", "inner after 1", "inner late 1", "outer late 1",
	}, order)
}

func TestAReactionRegisteredLongAfterTheFollow(t *testing.T) {
	s := scheduler.New()
	target, r := promise.WithResolvers[int](s)
	p, follower := promise.WithResolvers[int](s)
	follower.Follow(target)
	run(t, s)
	r.Resolve(3)
	run(t, s)
	late := promise.Map(p, func(v int) (string, error) { return fmt.Sprint("late ", v), nil })
	run(t, s)
	requireValue(t, "late 3", late)
}

func TestATreeOfFollowersThatJoinLater(t *testing.T) {
	// Two trees that have already compressed their paths are joined at the top; every leaf must follow along.
	s := scheduler.New()
	tree := func() (top *promise.Promise[int], r promise.Resolver[int], leaves []*promise.Promise[int]) {
		top, r = promise.WithResolvers[int](s)
		for range 20 {
			p, follower := promise.WithResolvers[int](s)
			follower.Follow(top)
			q, second := promise.WithResolvers[int](s)
			second.Follow(p)
			requirePending(t, q)
			leaves = append(leaves, p, q)
		}
		return top, r, leaves
	}
	_, first, leaves := tree()
	top, second, more := tree()
	first.Follow(more[7])
	second.Resolve(11)
	for _, p := range append(leaves, more...) {
		requireValue(t, 11, p)
	}
	requireValue(t, 11, top)
	run(t, s)
}

func TestTheFirstOfResolveRejectAndFollowWins(t *testing.T) {
	s := scheduler.New()
	pending, _ := promise.WithResolvers[int](s)
	calls := map[string]struct {
		call    func(r promise.Resolver[int])
		outcome string
	}{
		"Resolve":                  {func(r promise.Resolver[int]) { r.Resolve(1) }, "<Promise fulfilled with 1>"},
		"Reject":                   {func(r promise.Resolver[int]) { r.Reject(errBoom) }, "<Promise rejected with boom>"},
		"Follow of a settled one":  {func(r promise.Resolver[int]) { r.Follow(promise.Resolve(s, 2)) }, "<Promise fulfilled with 2>"},
		"Follow of a rejected one": {func(r promise.Resolver[int]) { r.Follow(promise.Reject[int](s, errOther)) }, "<Promise rejected with other>"},
		"Follow of a pending one":  {func(r promise.Resolver[int]) { r.Follow(pending) }, "<Promise pending>"},
	}
	for firstName, first := range calls {
		for secondName, second := range calls {
			t.Run(firstName+" then "+secondName, func(t *testing.T) {
				p, r := promise.WithResolvers[int](s)
				p.Done(nil, func(error) {})
				first.call(r)
				require.Equal(t, first.outcome, p.String())
				second.call(r)
				require.Equal(t, first.outcome, p.String(), "a sealed promise changed its mind")
				_ = s.Run(t.Context()) // the promises that lost are nobody's and may be reported
				require.Equal(t, first.outcome, p.String())
			})
		}
	}
}

func TestAnIgnoredFollowDoesNotHandleTheOther(t *testing.T) {
	s := scheduler.New()
	_, r := promise.WithResolvers[int](s)
	r.Resolve(1)
	r.Follow(promise.Reject[int](s, errBoom))
	require.ErrorIs(t, s.Run(t.Context()), errBoom, "the second call does nothing, so the rejection is still nobody's")
}
