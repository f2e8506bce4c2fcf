package promise_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// realWorld is the library under test.
type realWorld struct{ s *scheduler.Scheduler }

type real = *promise.Promise[int]

func (w realWorld) resolvers() (real, settler[real]) {
	p, r := promise.WithResolvers[int](w.s)
	return p, settler[real]{r.Resolve, r.Reject, r.Follow}
}
func (w realWorld) resolve(v int) real            { return promise.Resolve(w.s, v) }
func (w realWorld) reject(err error) real         { return promise.Reject[int](w.s, err) }
func (w realWorld) finally(p real, f func()) real { return p.Finally(f) }
func (w realWorld) tap(p real, f func(int)) real  { return p.Tap(f) }
func (w realWorld) post(f func())                 { w.s.Post(f) }
func (w realWorld) executor(f func(func(int), func(error))) real {
	return promise.New(w.s, f)
}
func (w realWorld) then(p real, f func(int) real) real { return promise.Then(p, f) }
func (w realWorld) mapped(p real, f func(int) (int, error)) real {
	return promise.Map(p, f)
}
func (w realWorld) handle(p real, f func(int, error) real) real       { return promise.Handle(p, f) }
func (w realWorld) catch(p real, f func(error) real) real             { return p.Catch(f) }
func (w realWorld) recovered(p real, f func(error) (int, error)) real { return p.Recover(f) }
func (w realWorld) done(p real, f func(int), g func(error))           { p.Done(f, g) }
func (w realWorld) all(ps []real) real                                { return promise.Map(promise.All(w.s, ps...), digest) }
func (w realWorld) allSettled(ps []real) real {
	return promise.Map(promise.AllSettled(w.s, ps...), digestResults)
}
func (w realWorld) any(ps []real) real  { return promise.Any(w.s, ps...) }
func (w realWorld) race(ps []real) real { return promise.Race(w.s, ps...) }

func (w realWorld) run() []error {
	err := w.s.Run(context.Background())
	if err == nil {
		return nil
	}
	var unhandled *promise.UnhandledError
	if !errors.As(err, &unhandled) {
		return []error{fmt.Errorf("not an UnhandledError: %w", err)}
	}
	return unhandled.Errors
}

func (w realWorld) outcome(p real) string {
	state := p.State()
	v, err, settled := p.Result()
	switch {
	case !settled && state == promise.Pending:
		return "pending"
	case settled && state == promise.Fulfilled && err == nil:
		return fmt.Sprint("value ", v)
	case settled && state == promise.Rejected && err != nil:
		return "reason " + reason(err)
	}
	return fmt.Sprintf("contradiction: state %v, value %v, err %v, settled %v", state, v, err, settled)
}

// naive is the reference as a world.
type naive struct{ *reference }

type ref = *refPromise

func (w naive) resolvers() (ref, settler[ref]) {
	p := w.pending()
	unless := func(f func()) {
		if !p.sealed {
			f()
		}
	}
	return p, settler[ref]{
		resolve: func(v int) { unless(func() { p.settle(v, nil) }) },
		reject:  func(err error) { unless(func() { p.settle(nil, err) }) },
		follow:  func(q ref) { unless(func() { p.follow(q) }) },
	}
}

func (w naive) resolve(v int) ref {
	p := w.pending()
	p.settle(v, nil)
	return p
}

func (w naive) reject(err error) ref {
	p := w.pending()
	p.settle(nil, err)
	return p
}

func (w naive) executor(f func(func(int), func(error))) ref {
	p, s := w.resolvers()
	if err := caught(func() { f(s.resolve, s.reject) }); err != nil {
		s.reject(err)
	}
	return p
}

func (w naive) then(p ref, f func(int) ref) ref {
	return p.derive(func(d ref, value any, err error) {
		if err != nil {
			d.settle(nil, err)
			return
		}
		d.follow(f(value.(int)))
	})
}

func (w naive) mapped(p ref, f func(int) (int, error)) ref {
	return p.derive(func(d ref, value any, err error) {
		if err != nil {
			d.settle(nil, err)
			return
		}
		v, err := f(value.(int))
		d.settle(v, err)
	})
}

func (w naive) handle(p ref, f func(int, error) ref) ref {
	return p.derive(func(d ref, value any, err error) {
		v, _ := value.(int)
		d.follow(f(v, err))
	})
}

func (w naive) catch(p ref, f func(error) ref) ref {
	return p.derive(func(d ref, value any, err error) {
		if err == nil {
			d.settle(value, nil)
			return
		}
		d.follow(f(err))
	})
}

func (w naive) recovered(p ref, f func(error) (int, error)) ref {
	return p.derive(func(d ref, value any, err error) {
		if err != nil {
			v, err := f(err)
			d.settle(v, err)
			return
		}
		d.settle(value, nil)
	})
}

func (w naive) finally(p ref, f func()) ref {
	return p.derive(func(d ref, value any, err error) {
		f()
		d.settle(value, err)
	})
}

func (w naive) tap(p ref, f func(int)) ref {
	return p.derive(func(d ref, value any, err error) {
		if err == nil {
			f(value.(int))
		}
		d.settle(value, err)
	})
}

func (w naive) done(p ref, f func(int), g func(error)) {
	p.react(func(value any, err error) {
		panicked := caught(func() {
			if err != nil {
				g(err)
				return
			}
			f(value.(int))
		})
		if panicked != nil {
			w.loose = append(w.loose, panicked)
		}
	})
}

func (w naive) all(ps []ref) ref {
	return w.reference.all(ps).derive(func(d ref, value any, err error) {
		if err == nil {
			value, _ = digest(value.([]int))
		}
		d.settle(value, err)
	})
}

func (w naive) allSettled(ps []ref) ref {
	return w.reference.allSettled(ps).derive(func(d ref, value any, err error) {
		value, _ = digestResults(value.([]promise.Result[int]))
		d.settle(value, err)
	})
}

func (w naive) post(f func()) {
	w.posted = append(w.posted, func() {
		if err := caught(f); err != nil {
			w.loose = append(w.loose, err)
		}
	})
}

func (w naive) run() []error { return w.reference.run() }

func (w naive) outcome(p ref) string {
	target := p.root()
	switch {
	case !target.settled:
		return "pending"
	case target.err != nil:
		return "reason " + reason(target.err)
	}
	return fmt.Sprint("value ", target.value)
}
