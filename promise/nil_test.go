package promise_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func TestRejectingWithNilIsErrNilReason(t *testing.T) {
	s := scheduler.New()
	rejected := map[string]*promise.Promise[int]{
		"Reject": promise.Reject[int](s, nil),
		"New":    promise.New(s, func(_ func(int), reject func(error)) { reject(nil) }),
	}
	p, r := promise.WithResolvers[int](s)
	r.Reject(nil)
	rejected["Resolver"] = p
	for name, p := range rejected {
		t.Run(name, func(t *testing.T) { requireReason(t, promise.ErrNilReason, p) })
	}
	run(t, s)
}

func TestANilPromiseIsErrNilPromise(t *testing.T) {
	s := scheduler.New()
	one, failed := promise.Resolve(s, 1), promise.Reject[int](s, &codeError{1})
	followed, r := promise.WithResolvers[int](s)
	r.Follow(nil)
	length := func(p *promise.Promise[[]int]) *promise.Promise[int] {
		return promise.Map(p, func(vs []int) (int, error) { return len(vs), nil })
	}
	rejected := map[string]*promise.Promise[int]{
		"Then":    one.Then(func(int) *promise.Promise[int] { return nil }),
		"Handle":  one.Handle(func(int, error) *promise.Promise[int] { return nil }),
		"Catch":   failed.Catch(func(error) *promise.Promise[int] { return nil }),
		"CatchAs": promise.CatchAs(failed, func(*codeError) *promise.Promise[int] { return nil }),
		"Follow":  followed,
		"All":     length(promise.All(s, one, nil, one)),
		"Any":     promise.Any(s, nil, failed),
		"Race":    promise.Race(s, nil, one),
		"AllMap": promise.Map(promise.AllMap(s, map[string]*promise.Promise[int]{"a": one, "b": nil}),
			func(m map[string]int) (int, error) { return len(m), nil }),
		"Join2": promise.Join2(s, one, (*promise.Promise[int])(nil), func(a, b int) (int, error) { return a + b, nil }),
		"MapAll": length(promise.MapAll(s, []int{1, 2}, 0, func(int) *promise.Promise[int] {
			return nil
		})),
		"Reduce": promise.Reduce(s, []int{1, 2}, 0, func(int, int) *promise.Promise[int] { return nil }),
	}
	rejected["AllSettled"] = promise.Map(promise.AllSettled(s, one, nil),
		func(results []promise.Result[int]) (int, error) { return len(results), nil })
	_ = s.Run(t.Context())
	for name, p := range rejected {
		t.Run(name, func(t *testing.T) { requireReason(t, promise.ErrNilPromise, p) })
	}
}

func TestANilCallbackPassesTheOutcomeOn(t *testing.T) {
	derive := map[string]func(p *promise.Promise[int]) *promise.Promise[int]{
		"Then":    func(p *promise.Promise[int]) *promise.Promise[int] { return promise.Then[int, int](p, nil) },
		"Map":     func(p *promise.Promise[int]) *promise.Promise[int] { return promise.Map[int, int](p, nil) },
		"Handle":  func(p *promise.Promise[int]) *promise.Promise[int] { return promise.Handle[int, int](p, nil) },
		"Catch":   func(p *promise.Promise[int]) *promise.Promise[int] { return p.Catch(nil) },
		"CatchAs": func(p *promise.Promise[int]) *promise.Promise[int] { return promise.CatchAs[*codeError](p, nil) },
		"Recover": func(p *promise.Promise[int]) *promise.Promise[int] { return p.Recover(nil) },
		"Finally": func(p *promise.Promise[int]) *promise.Promise[int] { return p.Finally(nil) },
		"Tap":     func(p *promise.Promise[int]) *promise.Promise[int] { return p.Tap(nil) },
	}
	for name, derive := range derive {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			fulfilled, rejected := derive(promise.Resolve(s, 4)), derive(promise.Reject[int](s, &codeError{1}))
			require.Len(t, unhandledOf(t, s), 1)
			requireValue(t, 4, fulfilled)
			_, err, _ := rejected.Result()
			require.Equal(t, &codeError{1}, err)
		})
	}
}

func TestANilCallbackThatWouldChangeTheTypeRejects(t *testing.T) {
	s := scheduler.New()
	one := promise.Resolve(s, 1)
	rejected := map[string]*promise.Promise[string]{
		"Then":   promise.Then[int, string](one, nil),
		"Map":    promise.Map[int, string](one, nil),
		"Handle": promise.Handle[int, string](one, nil),
	}
	passed := promise.Map[int, string](promise.Reject[int](s, errBoom), nil)
	require.Error(t, s.Run(t.Context()))
	for name, p := range rejected {
		_, err, _ := p.Result()
		require.ErrorContains(t, err, "nil callback", name)
	}
	requireReason(t, errBoom, passed)
}

func TestDoneWithoutCallbacks(t *testing.T) {
	s := scheduler.New()
	promise.Resolve(s, 1).Done(nil, nil)
	run(t, s)
	promise.Reject[int](s, errBoom).Done(nil, nil)
	require.Equal(t, []error{errBoom}, unhandledOf(t, s))
}

// Without a function there is nothing that could ever settle these: they may panic or reject, but not wait.
func TestANilFunctionNeverLeavesAPromisePending(t *testing.T) {
	one := func(s *scheduler.Scheduler) *promise.Promise[int] { return promise.Resolve(s, 1) }
	tests := map[string]func(s *scheduler.Scheduler) interface{ State() promise.State }{
		"New":   func(s *scheduler.Scheduler) interface{ State() promise.State } { return promise.New[int](s, nil) },
		"Try":   func(s *scheduler.Scheduler) interface{ State() promise.State } { return promise.Try[int](s, nil) },
		"Go":    func(s *scheduler.Scheduler) interface{ State() promise.State } { return promise.Go[int](s, nil) },
		"Async": func(s *scheduler.Scheduler) interface{ State() promise.State } { return promise.Async[int](s, nil) },
		"Join2": func(s *scheduler.Scheduler) interface{ State() promise.State } {
			return promise.Join2[int, int, int](s, one(s), one(s), nil)
		},
		"Join4": func(s *scheduler.Scheduler) interface{ State() promise.State } {
			return promise.Join4[int, int, int, int, int](s, one(s), one(s), one(s), one(s), nil)
		},
		"MapAll": func(s *scheduler.Scheduler) interface{ State() promise.State } {
			return promise.MapAll[int, int](s, []int{1}, 0, nil)
		},
		"Reduce": func(s *scheduler.Scheduler) interface{ State() promise.State } {
			return promise.Reduce[int](s, []int{1}, 0, nil)
		},
	}
	for name, make := range tests {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			var p interface{ State() promise.State }
			message := ""
			func() {
				defer func() {
					if v := recover(); v != nil {
						message = fmt.Sprint(v)
					}
				}()
				p = make(s)
			}()
			err := s.Run(t.Context())
			if message == "" {
				require.Equal(t, promise.Rejected, p.State())
				message = err.Error()
			}
			require.Contains(t, message, "promise: ")
			require.Contains(t, message, "nil")
		})
	}
}

func TestANilSchedulerPanicsWithItsName(t *testing.T) {
	for name, misuse := range map[string]func(){
		"Resolve":       func() { promise.Resolve(nil, 1) },
		"Reject":        func() { promise.Reject[int](nil, errBoom) },
		"WithResolvers": func() { promise.WithResolvers[int](nil) },
		"New":           func() { promise.New(nil, func(func(int), func(error)) {}) },
		"Go":            func() { promise.Go(nil, func(context.Context) (int, error) { return 1, nil }) },
		"Async":         func() { promise.Async(nil, func(context.Context) (int, error) { return 1, nil }) },
		"Delay":         func() { promise.Delay(nil, 0, 1) },
		"All":           func() { promise.All[int](nil) },
		"MapAll":        func() { promise.MapAll[int, int](nil, nil, 0, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				message := fmt.Sprint(recover())
				require.Contains(t, message, "nil scheduler")
			}()
			misuse()
		})
	}
}

func TestACallWithANilContextSaysSo(t *testing.T) {
	var none context.Context
	call := func() *promise.Promise[int] { t.Error("it was called"); return nil }
	_, err := promise.Call(none, call)
	require.ErrorIs(t, err, promise.ErrNoScheduler)
	require.PanicsWithValue(t, "scheduler: nil context: use context.Background()", func() {
		_, _ = promise.CallOn(none, scheduler.New(), call)
	})
}
