package gqlgenloader

import (
	"context"
	"reflect"
	"strings"

	"github.com/99designs/gqlgen/graphql"
)

// What an event leads to follows from its value, as the result of any other resolver tells what is next. But gqlgen takes
// it from the resolver's channel and shows it to nobody. So it gets another channel, into which each event is put when
// gqlgen is about to ask for it, and not before: the resolver is not read ahead.

// stream is one subscription, between its resolver and gqlgen. It belongs to whoever asks for responses.
type stream struct {
	fc    *graphql.FieldContext
	in    reflect.Value // the resolver's channel
	out   reflect.Value // gqlgen's, with room for one
	given any           // out, as gqlgen got it; nil if there is no such channel
	event reflect.Value // what was put into out last; not valid at the end, and if it is not known
	ended bool
}

// take puts another channel in place of the resolver's.
func (s *stream) take(fc *graphql.FieldContext, res any) any {
	in := reflect.ValueOf(res)
	if in.Kind() != reflect.Chan || in.Type().ChanDir()&reflect.RecvDir == 0 {
		return res
	}
	s.fc, s.in = fc, in
	s.out = reflect.MakeChan(reflect.ChanOf(reflect.BothDir, in.Type().Elem()), 1)
	s.given = s.out.Convert(in.Type()).Interface()
	return s.given
}

// begun is called when gqlgen has its channel. If another extension has put one of its own there, nobody knows which events
// come through, or when, so they all go on their way.
func (s *stream) begun(ctx context.Context) {
	if s.given == nil || s.fc.Result == s.given {
		return
	}
	s.given = nil
	go func() {
		for s.receive(ctx) {
			if chosen, _, _ := reflect.Select([]reflect.SelectCase{
				{Dir: reflect.SelectSend, Chan: s.out, Send: s.event}, {Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ctx.Done())},
			}); chosen == 1 {
				return
			}
		}
		s.out.Close()
	}()
}

// next waits for an event, for the end of the stream or for that of ctx.
func (s *stream) next(ctx context.Context) {
	if s.given == nil || s.ended || s.out.Len() > 0 { // the latter: somebody has answered without taking it
		return
	}
	if s.receive(ctx) {
		s.out.Send(s.event)
	} else if ctx.Err() == nil {
		s.ended = true
		s.out.Close()
	}
}

// receive reports whether there was an event.
func (s *stream) receive(ctx context.Context) bool {
	_, event, ok := reflect.Select([]reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: s.in}, {Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ctx.Done())},
	})
	if !ok { // then it is a zero value, which is no event
		event = reflect.Value{}
	}
	s.event = event
	return ok
}

var eventType = reflect.TypeFor[graphql.Event[any]]()

// value returns the event's value, which with @subscriptionContext has a ctx beside it.
func (s *stream) value() reflect.Value {
	if t := s.event.Type(); t.PkgPath() == eventType.PkgPath() && strings.HasPrefix(t.Name(), "Event[") {
		return s.event.FieldByName("Value")
	}
	return s.event
}

// open is Extension.open for the event that is about to be answered.
func (s *stream) open(ctx context.Context, e *Extension) *request {
	if s.fc == nil { // the resolver has failed
		return e.open(ctx, nil, nil)
	}
	field := s.fc.Field
	if s.given == nil || !s.event.IsValid() {
		return e.open(ctx, field.Selections, field.Definition.Type)
	}
	r := e.open(ctx, nil, nil)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.root.value, _, _ = r.begin(s.value(), field.Definition.Type, field.Selections, r.root)
	return r
}
