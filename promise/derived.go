package promise

import (
	"fmt"

	"github.com/batchtick/batchtick/scheduler"
)

// derived is what Then, Map, Catch and their like are made of: the promise that they return, the reaction that hangs in
// the source's list until that is settled, and the job that then runs the callback, in one object. Each of them adds a
// callback and a Run.
type derived[T, U any] struct {
	// A field and not embedded: else every kind of reaction would have the methods of Promise too, and the compiler would
	// make them all for every T and U. That doubled what a program of many types takes to build.
	promise Promise[U]
	reaction
	source *Promise[T] // nil once the job has run, so that a chain does not keep its past alive
}

// on makes d wait for p; job is the object that d is part of.
func (d *derived[T, U]) on(p *Promise[T], job scheduler.Job) *Promise[U] {
	d.promise.s = p.s
	d.source = p
	p.react(&d.reaction, job)
	return &d.promise
}

// settled returns the source's root, which has the outcome, and lets go of the source.
func (d *derived[T, U]) settled() *Promise[T] {
	root := d.source.root()
	d.source = nil
	return root
}

// settle fulfils or rejects d with what a callback returned.
func (d *derived[T, U]) settle(value U, err error) {
	if err != nil {
		d.promise.reject(err)
	} else {
		d.promise.fulfil(value)
	}
}

// Abort implements scheduler.Aborter: the callback panicked or called runtime.Goexit.
func (d *derived[T, U]) Abort(err error) {
	if d.promise.root().state == Pending {
		d.promise.reject(err)
	}
}

// through is the reaction of a combinator that was given a nil callback: the value or the reason passes (A+ 2.2.7.3,
// 2.2.7.4).
type through[T, U any] struct{ derived[T, U] }

func passThrough[T, U any](p *Promise[T]) *Promise[U] {
	t := &through[T, U]{}
	return t.on(p, t)
}

func (t *through[T, U]) Run() {
	src := t.settled()
	if src.state == Rejected {
		t.promise.reject(src.err)
	} else if value, same := any(&src.value).(*U); same {
		t.promise.fulfil(*value)
	} else {
		t.promise.reject(fmt.Errorf("%w: it can't make %T of %T; give it a callback that does", ErrNilCallback, *new(U), src.value))
	}
}
