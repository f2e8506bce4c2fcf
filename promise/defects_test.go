package promise_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// One test for each defect that was measured on Python's promise 2.3.0 and must not come back. Those that concern when
// callbacks run are in defects_tick_test.go, those that concern rejections that get lost in defects_unhandled_test.go.

// In Python a second resolve wins over the first.
func TestDefectSecondSettleWins(t *testing.T) {
	reason := errors.New("first")
	type setup struct {
		s *scheduler.Scheduler
		r promise.Resolver[int]
		// The two that are followed stay pending until both calls are made.
		followed, late *promise.Promise[int]
	}
	firsts := []struct {
		name    string
		settle  func(u setup)
		wantErr error
	}{
		{"Resolve", func(u setup) { u.r.Resolve(1) }, nil},
		{"Reject", func(u setup) { u.r.Reject(reason) }, reason},
		{"Follow", func(u setup) { u.r.Follow(u.followed) }, nil},
		{"Follow fulfilled", func(u setup) { u.r.Follow(promise.Resolve(u.s, 1)) }, nil},
	}
	seconds := map[string]func(u setup){
		"Resolve": func(u setup) { u.r.Resolve(2) },
		"Reject":  func(u setup) { u.r.Reject(errors.New("second")) },
		"Follow":  func(u setup) { u.r.Follow(u.late) },
	}
	for _, first := range firsts {
		for name, second := range seconds {
			for _, between := range []string{"at once", "a Run later"} {
				t.Run(first.name+" then "+name+" "+between, func(t *testing.T) {
					s := scheduler.New()
					p, r := promise.WithResolvers[int](s)
					followed, settleFollowed := promise.WithResolvers[int](s)
					late, settleLate := promise.WithResolvers[int](s)
					u := setup{s, r, followed, late}
					var calls pyCalls
					calls.watch(p)

					first.settle(u)
					if between == "a Run later" {
						pyRun(t, s)
					}
					second(u)
					settleLate.Resolve(2)
					pyRun(t, s)
					settleFollowed.Resolve(1)
					pyRun(t, s)
					if first.wantErr != nil {
						pyRejected(t, p, reason)
						require.Equal(t, []error{reason}, calls.reasons)
						require.Empty(t, calls.values)
					} else {
						pyFulfilled(t, p, 1)
						require.Equal(t, []int{1}, calls.values)
						require.Empty(t, calls.reasons)
					}
				})
			}
		}
	}
}

// The same for the functions that an executor gets. A panic that comes after them changes nothing either.
func TestDefectSecondSettleWinsInExecutor(t *testing.T) {
	s := scheduler.New(scheduler.WithUnhandled(func(error) {}))
	reason := errors.New("first")
	resolved := promise.New(s, func(resolve func(int), reject func(error)) {
		resolve(1)
		resolve(2)
		reject(errors.New("second"))
		panic("third")
	})
	rejected := promise.New(s, func(resolve func(int), reject func(error)) {
		reject(reason)
		reject(errors.New("second"))
		resolve(2)
		panic("third")
	})
	pyGet(t, resolved, 1)
	pyGetError(t, rejected, reason)
	pyRun(t, s)
	pyFulfilled(t, resolved, 1)
	pyRejected(t, rejected, reason)
}

// In Python all() of a promise of a list fails if that promise is fulfilled already.
func TestDefectAllOfFulfilledPromiseOfList(t *testing.T) {
	pyWhenIf(t, "pending", "fulfilled", func(t *testing.T, do func(chain, settle func())) {
		s := scheduler.New()
		list, r := promise.WithResolvers[[]*promise.Promise[int]](s)
		item, rItem := promise.WithResolvers[int](s)
		var all, mapped *promise.Promise[[]int]
		var lists *promise.Promise[[][]*promise.Promise[int]]
		do(func() {
			all = promise.Then(list, func(ps []*promise.Promise[int]) *promise.Promise[[]int] { return promise.All(s, ps...) })
			mapped = promise.Then(list, func(ps []*promise.Promise[int]) *promise.Promise[[]int] {
				return promise.MapAll(s, ps, 0, func(p *promise.Promise[int]) *promise.Promise[int] { return p })
			})
			lists = promise.All(s, list)
		}, func() { r.Resolve([]*promise.Promise[int]{promise.Resolve(s, 1), item}) })
		pyRun(t, s)
		pyPending(t, all, mapped)
		rItem.Resolve(2)
		pyRun(t, s)
		pyFulfilled(t, all, []int{1, 2})
		pyFulfilled(t, mapped, []int{1, 2})
		got, err, _ := lists.Result()
		require.NoError(t, err)
		require.Len(t, got, 1)
		require.Len(t, got[0], 2)
	})
}

// In Python 70 000 thens on one promise lose every callback: it counts them in 16 bits.
func TestDefectManyThensLoseCallbacks(t *testing.T) {
	const thens = 70_000
	for _, outcome := range []string{"fulfilled", "rejected"} {
		for _, sealed := range []bool{false, true} {
			name := outcome
			if sealed {
				name += " through another promise"
			}
			pyWhenIf(t, name+"/when", name+"/if", func(t *testing.T, do func(chain, settle func())) {
				s := scheduler.New()
				p, r := promise.WithResolvers[int](s)
				if sealed {
					target, rTarget := promise.WithResolvers[int](s)
					r.Follow(target)
					r = rTarget
				}
				ran, outOfOrder := 0, 0
				var last *promise.Promise[int]
				do(func() {
					for i := range thens {
						last = promise.Handle(p, func(int, error) *promise.Promise[int] {
							if ran != i {
								outOfOrder++
							}
							ran++
							return promise.Resolve(s, i)
						})
					}
				}, func() { pySettle(r, outcome, 1, errors.New("Error")) })
				pyRun(t, s)
				require.Equal(t, thens, ran)
				require.Zero(t, outOfOrder)
				pyFulfilled(t, last, thens-1)
			})
		}
	}
}
