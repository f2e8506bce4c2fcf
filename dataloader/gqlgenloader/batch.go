package gqlgenloader

import (
	"context"
	"reflect"

	"github.com/99designs/gqlgen/graphql"
)

// A batch resolver is called once for all objects of a list, by the first that needs it; the others wait for that one
// without anybody being told. So here the first goes ahead, and the others are not counted until it is back.

// batch is one such call.
type batch struct {
	done    chan struct{}
	waiting int  // guarded by request.mu
	over    bool // guarded by request.mu
}

type batchKey struct {
	group *graphql.BatchParentGroup
	field string
}

// together waits for the first of those that share a call. What it returns is to be called when the resolver has returned.
func (r *request) together(ctx context.Context, fc *graphql.FieldContext) (done func()) {
	if fc.Parent == nil || fc.Parent.Index == nil || !r.ext.schema.isBatch(fc) {
		return func() {}
	}
	group := graphql.GetBatchParentGroup(ctx, fc.Object)
	if group == nil {
		return func() {}
	}
	key := batchKey{group, fc.Field.Alias}
	r.mu.Lock()
	b := r.batches[key]
	if b == nil {
		b = &batch{done: make(chan struct{})}
		r.batches[key] = b
		r.mu.Unlock()
		return func() { r.release(b) }
	}
	if b.over {
		r.mu.Unlock()
		return func() {}
	}
	b.waiting++
	r.mu.Unlock()
	r.loop.Retire(1)
	<-b.done
	return func() {}
}

// release counts those that wait, before they wake.
func (r *request) release(b *batch) {
	r.mu.Lock()
	b.over = true
	r.announce(b.waiting)
	r.mu.Unlock()
	close(b.done)
}

// isBatch reports whether the field's resolver takes a list of objects.
func (s *schema) isBatch(fc *graphql.FieldContext) bool {
	if !fc.IsResolver || s.isRoot(fc.Object) {
		return false
	}
	if m := s.resolver(fc.Object, goName(fc.Field.Definition)); m != nil {
		return m.NumIn() > 1 && m.In(1).Kind() == reflect.Slice
	}
	d := fc.Field.Definition.Directives.ForName("goField")
	return d != nil && d.ArgumentMap(nil)["batch"] == true
}
