package gqlgenloader_test

import (
	"context"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader/gqlgenloader"
	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver"
	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver/model"
	"github.com/batchtick/batchtick/scheduler"
)

// ends has done closed when the first scheduler has ended.
func ends(done chan struct{}) func(*gqlgenloader.Extension) {
	return func(e *gqlgenloader.Extension) {
		ended := e.Ended
		once := sync.OnceFunc(func() { close(done) })
		e.Ended = func(ctx context.Context, stats scheduler.Stats, err error) {
			ended(ctx, stats, err)
			once()
		}
	}
}

// A goroutine that a resolver has left behind, and that its client's leaving does not end, would wait for ever.
func TestALoadAfterTheAnswerFails(t *testing.T) {
	over, late := make(chan struct{}), make(chan error, 1)
	s := newServer(testserver.Unlimited(), ends(over))
	s.exec.AroundFields(func(ctx context.Context, next graphql.Resolver) (any, error) {
		if graphql.GetFieldContext(ctx).Field.Name == "users" {
			go func() {
				<-over
				_, err := testserver.Load(context.WithoutCancel(ctx), 1)
				late <- err
			}()
		}
		return next(ctx)
	})
	s.run(t, `{ users(first: 1) { friend { id } } }`)
	require.ErrorIs(t, <-late, scheduler.ErrClosed)
}

// The goroutine that feeds a stream has the loaders of the resolver, which are gone when that has returned. A stream that is
// silent for good would not say so.
func TestALoadOfWhoeverFeedsAStreamFails(t *testing.T) {
	begun, late := make(chan struct{}), make(chan error, 1)
	s := newServer(testserver.Unlimited(), ends(begun))
	s.exec.AroundFields(func(ctx context.Context, next graphql.Resolver) (any, error) {
		if graphql.GetFieldContext(ctx).Field.Name != "crowds" {
			return next(ctx)
		}
		crowds := make(chan []*model.User)
		go func() {
			defer close(crowds)
			<-begun
			_, err := testserver.Load(ctx, 1)
			late <- err
			crowds <- []*model.User{{ID: 5}, {ID: 6}}
		}()
		return (<-chan []*model.User)(crowds), nil
	})
	o := s.run(t, `subscription { crowds { friend { id } } }`)
	require.ErrorIs(t, <-late, scheduler.ErrClosed)
	require.Equal(t, [][]int{{15, 16}}, o.batches)
	require.Zero(t, o.forced)
}

// The ctx of an event comes from the resolver, so its loaders are gone too. An event without one has its own.
func TestALoadWithTheContextOfAnEventFails(t *testing.T) {
	s := newServer(testserver.Limited(), limitOf(testserver.Limit))
	var loads []error
	s.exec.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
		_, err := testserver.Load(ctx, 77)
		loads = append(loads, err)
		return next(ctx)
	})
	o := s.run(t, `subscription { calls(user: 1) { friend { id } } }`)
	require.Len(t, loads, 3)
	require.ErrorIs(t, loads[0], scheduler.ErrClosed)
	require.ErrorIs(t, loads[1], scheduler.ErrClosed)
	require.NoError(t, loads[2])
	require.Equal(t, [][]int{{1}, {11}, {12}, {13}, {77}}, o.batches)
	require.Zero(t, o.forced)
}
