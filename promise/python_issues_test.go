package promise_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// test_issue_11
func TestPythonIssue11ThenWithRecover(t *testing.T) {
	s := scheduler.New()
	check := func(x int) *promise.Promise[int] {
		return promise.New(s, func(resolve func(int), reject func(error)) {
			if x > 0 {
				resolve(x)
			} else {
				reject(errors.New("-42"))
			}
		})
	}
	pyGet(t, check(42).Map(func(x int) (int, error) { return x, nil }), 42)
	pyGet(t, promise.Handle(check(-42), func(x int, err error) *promise.Promise[string] {
		if err != nil {
			return promise.Resolve(s, err.Error())
		}
		return promise.Resolve(s, "no error")
	}), "-42")
	pyRun(t, s)
}

// pyProduce makes a promise of x that takes wait to make.
type pyProduce func(s *scheduler.Scheduler, x int, wait time.Duration) *promise.Promise[int]

var pyProducers = map[string]pyProduce{
	// The producers of test_issue_9 keep the loop's goroutine busy.
	"sync": func(s *scheduler.Scheduler, x int, wait time.Duration) *promise.Promise[int] {
		time.Sleep(wait)
		return promise.Resolve(s, x)
	},
	// Those of test_issue_9_extra, commented out in Python, work in a thread pool.
	"executor": func(s *scheduler.Scheduler, x int, wait time.Duration) *promise.Promise[int] {
		return promise.Go(s, func(context.Context) (int, error) {
			time.Sleep(wait)
			return x, nil
		})
	},
}

// pyProducts is the expression of issue 9. Its callbacks share one loop variable, as Python's do: whoever calls them
// before the loop variable has reached 4 gets another result, so the result tells when they ran.
func pyProducts(s *scheduler.Scheduler, produce pyProduce, wait time.Duration) *promise.Promise[[]int] {
	var ps []*promise.Promise[int]
	var x int
	for x = 0; x < 4; x++ {
		ps = append(ps, produce(s, x, wait).Map(func(y int) (int, error) { return x * y, nil }))
	}
	return promise.All(s, ps...)
}

var pyWaits = []time.Duration{0, 50 * time.Millisecond, 100 * time.Millisecond}

// test_issue_9: what all() gives does not depend on how long its members took.
func TestPythonIssue9SameResultHoweverLongItTakes(t *testing.T) {
	for name, produce := range pyProducers {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New()
				for _, wait := range pyWaits {
					pyGet(t, pyProducts(s, produce, wait), []int{0, 4, 8, 12})
				}
				pyRun(t, s)
			})
		})
	}
}

// test_issue_9_safe, and test_issue_9_extra, which is commented out: the same inside a tick. Python's runner ignores the
// promise that the test returns, and that promise is rejected: after a get() inside a tick, Python calls back at once.
func TestPythonIssue9SameResultInsideATick(t *testing.T) {
	for name, produce := range pyProducers {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New()
				results := promise.Map(promise.Resolve(s, 0), func(int) ([][]int, error) {
					var results [][]int
					for _, wait := range pyWaits {
						products, err := pyProducts(s, produce, wait).Await(t.Context())
						if err != nil {
							return nil, err
						}
						results = append(results, products)
					}
					return results, nil
				})
				pyRun(t, s)
				want := []int{0, 4, 8, 12}
				pyFulfilled(t, results, [][]int{want, want, want})
			})
		})
	}
}

// test_issue_26: a rejection without a handler does not stand in the way of what comes after it. It is reported, though.
func TestPythonIssue26RejectionDoesNotBlockOthers(t *testing.T) {
	s := scheduler.New()
	reason := errors.New("Ooops!")
	var reject1 func(error)
	p1 := promise.New(s, func(_ func(int), reject func(error)) { reject1 = reject })
	p1.Tap(func(int) {})
	p1.Tap(func(int) {})
	reject1(reason)

	success := false
	var resolve2 func(int)
	p2 := promise.New(s, func(resolve func(int), _ func(error)) { resolve2 = resolve })
	p2.Tap(func(int) { success = true })
	resolve2(0)

	require.ErrorIs(t, s.Run(t.Context()), reason)
	require.True(t, success)

	success = false
	promise.Resolve(s, 0).Tap(func(int) { success = true })
	pyRun(t, s)
	require.True(t, success, "the loop is of no use after a rejection")
}

// test_issue_33: get() inside a callback, also several levels deep, and on a promise whose own callback is queued behind
// the one that waits.
func TestPythonIssue33GetInsideACallback(t *testing.T) {
	s := scheduler.New()
	ok := func() *promise.Promise[string] {
		return promise.Resolve(s, "ok").Map(func(v string) (string, error) { return v, nil })
	}
	p := promise.Map(promise.Resolve(s, 0), func(int) (string, error) { return ok().Await(t.Context()) })
	pyGet(t, p, "ok")

	deep := promise.Map(promise.Resolve(s, 0), func(int) (string, error) {
		return promise.Map(promise.Resolve(s, 0), func(int) (string, error) {
			return ok().Await(t.Context())
		}).Await(t.Context())
	})
	var behind *promise.Promise[string]
	waits := promise.Map(promise.Resolve(s, 0), func(int) (string, error) { return behind.Await(t.Context()) })
	behind = ok()
	pyRun(t, s)
	pyFulfilled(t, deep, "ok")
	pyFulfilled(t, waits, "ok")
}
