package promise_test

import (
	"errors"
	"fmt"

	"github.com/batchtick/batchtick/promise"
)

// The reference is Promises/A+ written down as plainly as possible: no types, no pooling, no shortcuts.
// Its rules are the whole contract of the order of callbacks:
//
//  1. A callback never runs inside the call that registers or settles it. Settling a promise puts one job
//     for each of its reactions into the queue, in the order of their registration; a reaction registered
//     on a settled promise goes into the queue at once. The queue is first in, first out.
//  2. A reaction without a callback for the outcome passes it on to its derived promise, in its own job.
//  3. A callback that returns a value, fails or panics settles its derived promise in the same job.
//  4. Following a settled promise settles the follower at once. Following a pending one costs no job:
//     from then on both share one list of reactions, first those of the inner promise, then those that the
//     outer one had; all run when the final target settles.
//  5. The first of resolve, reject and follow decides; a promise whose fate is decided ignores the rest.
//  6. Following oneself, straight or in a circle, rejects with ErrCycle; nil rejects with ErrNilPromise.
//  7. A combinator registers one reaction on each member, in order, and settles inside the reaction that
//     decides it. All and AllSettled of nothing are fulfilled at once, Any and Race of nothing rejected.
//  8. A rejected promise that nobody reacted to, nobody follows and no combinator has as a member is
//     unhandled when Run ends. Done without a callback for the error, or with a callback that panics,
//     leaves an unhandled error.
//  9. What is posted enters the queue when a turn of the loop begins, behind the jobs that are in it.

type reference struct {
	queue    []func()
	posted   []func()
	promises []*refPromise
	loose    []error // errors that belong to no promise: those of Done and of posted functions
}

type refPromise struct {
	world    *reference
	settled  bool
	sealed   bool
	handled  bool
	reported bool
	value    any
	err      error
	target   *refPromise
	list     []func()
}

func (w *reference) pending() *refPromise {
	p := &refPromise{world: w}
	w.promises = append(w.promises, p)
	return p
}

func (p *refPromise) root() *refPromise {
	for p.target != nil {
		p = p.target
	}
	return p
}

// settle and follow are for promises that are not sealed, or by those who sealed them.
func (p *refPromise) settle(value any, err error) {
	p.sealed, p.settled, p.value, p.err = true, true, value, err
	p.world.queue = append(p.world.queue, p.list...)
	p.list = nil
}

func (p *refPromise) follow(q *refPromise) {
	if q == nil {
		p.settle(nil, promise.ErrNilPromise)
		return
	}
	target := q.root()
	if target == p { // q is not followed by this, so it is not handled either: the cycle is reported
		p.settle(nil, promise.ErrCycle)
		return
	}
	q.handled = true
	switch {
	case target.settled:
		p.settle(target.value, target.err)
	default:
		p.sealed, p.target = true, target
		target.list = append(target.list, p.list...)
		p.list = nil
	}
}

// react is the only way in which anything ever waits for a promise.
func (p *refPromise) react(reaction func(value any, err error)) {
	p.handled = true
	job := func() { final := p.root(); reaction(final.value, final.err) }
	if target := p.root(); !target.settled {
		target.list = append(target.list, job)
		return
	}
	p.world.queue = append(p.world.queue, job)
}

// derive is then: the callback either settles the derived promise, or makes it follow another one.
func (p *refPromise) derive(callback func(d *refPromise, value any, err error)) *refPromise {
	d := p.world.pending()
	p.react(func(value any, err error) {
		if panicked := caught(func() { callback(d, value, err) }); panicked != nil {
			d.settle(nil, panicked)
		}
	})
	return d
}

func caught(f func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &promise.PanicError{Value: v}
		}
	}()
	f()
	return nil
}

func (w *reference) combine(members []*refPromise, empty func(d *refPromise), each func(d *refPromise, i int, value any, err error)) *refPromise {
	d := w.pending()
	if len(members) == 0 {
		empty(d)
		return d
	}
	for i, member := range members {
		member.react(func(value any, err error) {
			if !d.sealed {
				each(d, i, value, err)
			}
		})
	}
	return d
}

func (w *reference) all(members []*refPromise) *refPromise {
	values, left := make([]int, len(members)), len(members)
	return w.combine(members,
		func(d *refPromise) { d.settle([]int{}, nil) },
		func(d *refPromise, i int, value any, err error) {
			if err != nil {
				d.settle(nil, err)
				return
			}
			values[i] = value.(int)
			if left--; left == 0 {
				d.settle(values, nil)
			}
		})
}

func (w *reference) allSettled(members []*refPromise) *refPromise {
	results, left := make([]promise.Result[int], len(members)), len(members)
	return w.combine(members,
		func(d *refPromise) { d.settle([]promise.Result[int]{}, nil) },
		func(d *refPromise, i int, value any, err error) {
			results[i].Err = err
			if err == nil {
				results[i].Value = value.(int)
			}
			if left--; left == 0 {
				d.settle(results, nil)
			}
		})
}

func (w *reference) any(members []*refPromise) *refPromise {
	errs, left := make([]error, len(members)), len(members)
	return w.combine(members,
		func(d *refPromise) { d.settle(nil, &promise.AggregateError{}) },
		func(d *refPromise, i int, value any, err error) {
			if err == nil {
				d.settle(value, nil)
				return
			}
			errs[i] = err
			if left--; left == 0 {
				d.settle(nil, &promise.AggregateError{Errors: errs})
			}
		})
}

func (w *reference) race(members []*refPromise) *refPromise {
	return w.combine(members,
		func(d *refPromise) { d.settle(nil, promise.ErrNoPromises) },
		func(d *refPromise, _ int, value any, err error) { d.settle(value, err) })
}

// run drains the queue and returns what nobody handled, each error once.
func (w *reference) run() (unhandled []error) {
	for len(w.queue)+len(w.posted) > 0 {
		w.queue, w.posted = append(w.queue, w.posted...), nil
		for len(w.queue) > 0 {
			job := w.queue[0]
			w.queue = w.queue[1:]
			job()
		}
	}
	unhandled, w.loose = w.loose, nil
	for _, p := range w.promises {
		target := p.root()
		if target.settled && target.err != nil && !p.handled && !p.reported {
			p.reported = true
			unhandled = append(unhandled, target.err)
		}
	}
	return unhandled
}

// reason makes reasons comparable that are not the same pointer in both worlds.
func reason(err error) string {
	var (
		panicked  *promise.PanicError
		aggregate *promise.AggregateError
	)
	switch {
	case errors.As(err, &aggregate):
		text := "any["
		for _, e := range aggregate.Errors {
			text += reason(e) + " "
		}
		return text + "]"
	case errors.As(err, &panicked):
		return fmt.Sprint("panic ", panicked.Value)
	case errors.Is(err, promise.ErrCycle):
		return "cycle"
	case errors.Is(err, promise.ErrNilPromise):
		return "nil promise"
	case errors.Is(err, promise.ErrNoPromises):
		return "no promises"
	default:
		return err.Error()
	}
}
