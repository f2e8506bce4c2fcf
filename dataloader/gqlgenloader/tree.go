package gqlgenloader

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// The tree is what gqlgen is going to do, as far as it is known: gqlgen says when a field's resolver is called and when it
// returns, and from its result follows what is called next, on which goroutine. Each goroutine that runs is one guest of
// the scheduler. All of the tree is guarded by request.mu.
//
// A goroutine resolves an object like this: first the fields that gqlgen computes inline, one after another, each with all
// that is beneath it. Then the others, each in a goroutine of its own, of which this one is one; then it waits for them.
// For a list it starts a goroutine for each element, no more than the worker limit at a time, and waits for them; for a
// list of one it does not.
//
// So when something has ended, the goroutine that did it either goes on with what is above, and stays counted, or ends, and
// is retired: the last of several goes on in place of the one that waited for them.

// parent is told that what is beneath it has ended.
type parent interface {
	// ended is called with the goroutine of what has ended still counted. null is whether that made null of what is above
	// it. It returns what has thereby ended itself, nil if nothing, or if the goroutine is no longer counted.
	ended(r *request, null bool) (up parent, upNull bool)
}

// climb tells p, and all that ends with it.
func (r *request) climb(p parent, null bool) {
	for p != nil {
		p, null = p.ended(r, null)
	}
}

// answer is above the root. Its goroutine counts until the response is written, for then it may end what is deferred.
type answer struct{ open bool }

func (a *answer) ended(r *request, _ bool) (parent, bool) { return nil, false }

// apart is above what has a goroutine that nobody waits for: a deferred field, or one that was not expected.
type apart struct{}

func (apart) ended(r *request, _ bool) (parent, bool) {
	r.loop.Retire(1)
	return nil, false
}

// field is one call of a resolver, and its result.
type field struct {
	up      parent
	nonNull bool
	value   node // nil if nothing beneath it has fields
}

func (f *field) ended(_ *request, null bool) (parent, bool) { return f.up, null && f.nonNull }

// node is an *object or a *list.
type node interface{ parent }

// object is an object whose fields are being resolved.
type object struct {
	up        parent
	selection ast.SelectionSet
	declared  string  // the type that is expected here
	of        *goType // of the value, nil if not known
	shape     *shape  // nil until the type is known

	eager         int  // how many fields are resolved before the object is complete
	deferred      int  // how many begin after that
	started, done int  // of the eager ones
	dispatched    bool // those that are not done have goroutines of their own
	null          bool
}

func (o *object) start(r *request, f *field, fc *graphql.FieldContext) {
	if o.shape == nil || o.shape.name != fc.Object {
		o.become(r, fc.Object)
		r.ext.schema.learn(o.of, o.declared, fc.Object)
		if o.eager == 0 {
			r.climb(o.finish(r))
		}
	}
	concurrent := r.ext.schema.concurrent(fc, o.of)
	f.up = o
	switch {
	case concurrent && fc.Field.IsDeferred() && !o.shape.root:
		f.up = apart{} // counted since the object was complete
		return
	case o.started == o.eager:
		r.stray(f)
		return
	case !o.dispatched && (concurrent || o.started > o.done): // the latter: it was not as inline as it seemed
		o.dispatched = true
		r.announce(o.eager - o.done - 1)
	}
	o.started++
}

// become settles which type the object has.
func (o *object) become(r *request, name string) {
	o.shape = r.shapeOf(o.selection, name)
	o.deferred = r.ext.schema.deferred(o.shape, o.of)
	o.eager = len(o.shape.fields) - o.deferred
}

func (o *object) ended(r *request, null bool) (parent, bool) {
	o.done++
	o.null = o.null || null
	switch {
	case o.done == o.eager:
		return o.finish(r)
	case o.dispatched:
		r.loop.Retire(1)
	}
	return nil, false
}

func (o *object) finish(r *request) (parent, bool) {
	if !o.null { // gqlgen drops what is deferred under an object that became null
		r.announce(o.deferred)
	}
	return o.up, o.null
}

// list is a list whose elements are being resolved.
type list struct {
	up      parent
	elems   []node // nil for one that has not begun, or has nothing beneath it
	element func(i int, up parent) (n node, ended, null bool)
	limit   int // how many elements may be in work at once
	nonNull bool
	begun   int
	active  int
	null    bool
}

// begin starts as many elements as may be in work. It is called with one goroutine counted, which is the first that is
// needed.
func (l *list) begin(r *request) {
	for spare := 1; l.active < l.limit && l.begun < len(l.elems); {
		i := l.begun
		l.begun++
		n, ended, null := l.element(i, l)
		l.elems[i] = n
		l.null = l.null || null && l.nonNull
		if ended { // its goroutine, if it gets one, loads nothing
			continue
		}
		if spare == 0 {
			r.announce(1)
		}
		spare = 0
		l.active++
	}
}

func (l *list) ended(r *request, null bool) (parent, bool) {
	l.active--
	l.null = l.null || null && l.nonNull
	active := l.active
	l.begin(r)
	switch {
	case l.active == 0:
		return l.up, l.null
	case l.active == active: // nothing was begun in its place
		r.loop.Retire(1)
	}
	return nil, false
}

// find returns the object that the field of fc belongs to, nil if it is not known. It goes by the contexts of the fields, and by
// no value of ctx: where an extension or a directive answers in place of a resolver, the fields beneath do not get the ctx that
// was passed on.
func (r *request) find(fc *graphql.FieldContext) *object {
	var path []int
	at := fc.Parent
	for ; at != nil && at.Field.Field == nil; at = at.Parent {
		if at.Index != nil { // else it is that of a root type
			path = append(path, *at.Index)
		}
	}
	f := r.root
	if at != nil {
		f = r.around(at)
	}
	if f == nil {
		return nil
	}
	n := f.value
	for _, i := range slices.Backward(path) {
		l, ok := n.(*list)
		if !ok || i >= len(l.elems) {
			return nil
		}
		n = l.elems[i]
	}
	o, _ := n.(*object)
	return o
}

// around returns the field of at. gqlgen calls no resolver for one whose type is a root type, such as the query of a mutation's
// payload, so that is begun here.
func (r *request) around(at *graphql.FieldContext) *field {
	f := r.fields[at]
	if f != nil || !r.ext.schema.isRoot(at.Field.Definition.Type.NamedType) {
		return f
	}
	o := r.find(at)
	if o == nil {
		return nil
	}
	f = &field{nonNull: at.Field.Definition.Type.NonNull}
	f.value = &object{up: f, selection: at.Field.Selections}
	o.start(r, f, at)
	r.fields[at] = f
	return f
}
