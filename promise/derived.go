package promise

import (
	"fmt"

	"github.com/batchtick/batchtick/scheduler"
)

// derived is what Then, Map, Catch and their like are made of: the promise that they return, the reaction that hangs in
// the source's list until that is settled, and the job that then runs the callback, in one object. Each of them adds a
// callback and a Run.
type derived[T, U any] struct {
	Promise[U]
	reaction
	source *Promise[T] // nil once the job has run, so that a chain does not keep its past alive
}

// on makes d wait for p; job is the object that d is part of.
func (d *derived[T, U]) on(p *Promise[T], job scheduler.Job) *Promise[U] {
	d.s = p.s
	d.source = p
	p.react(&d.reaction, job)
	return &d.Promise
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
		d.reject(err)
	} else {
		d.fulfil(value)
	}
}

// Abort implements scheduler.Aborter: the callback panicked or called runtime.Goexit.
func (d *derived[T, U]) Abort(err error) {
	if d.root().state == Pending {
		d.reject(err)
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
		t.reject(src.err)
	} else if value, same := any(&src.value).(*U); same {
		t.fulfil(*value)
	} else {
		t.reject(fmt.Errorf("%w: it can't make %T of %T; give it a callback that does", ErrNilCallback, *new(U), src.value))
	}
}
