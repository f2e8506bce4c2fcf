package gqlgenloader_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver"
	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver/model"
)

const (
	targetIsFriend = `{ users(first: 2) { target: friend { friend { id } } boss { id } } user(id: 9) { friend { friend { id } } } }`
	targetIsStrict = `{ users(first: 2) { target: friend { id } ... @defer { boss { id } } } user(id: 9) { friend { friend { id } } } }`
	targetIsUsers  = `{ target: users(first: 2) { friend { friend { id } } } user(id: 9) { friend { friend { id } } } }`
	targetIsNull   = `{ target: user(id: 0) { friend { friend { id } } } user(id: 9) { friend { friend { id } } } }`
)

// interferences are what another extension may do to the field target.
var interferences = []struct {
	row
	with   graphql.FieldMiddleware
	forced bool // patience has to run out, if that one is used before this one
}{
	{
		row{"a result replaced", targetIsFriend, [][]int{{9, 11, 12, 1001, 1002}, {19, 60}, {29}}},
		func(ctx context.Context, next graphql.Resolver) (any, error) {
			_, err := next(ctx)
			return &model.User{ID: 50}, err
		}, false,
	},
	{
		row{"a null", targetIsFriend, [][]int{{9, 11, 12, 1001, 1002}, {19}, {29}}},
		func(ctx context.Context, next graphql.Resolver) (any, error) {
			_, err := next(ctx)
			return nil, err
		}, true,
	},
	{
		row{"an error", targetIsFriend, [][]int{{9, 11, 12, 1001, 1002}, {19}, {29}}},
		func(ctx context.Context, next graphql.Resolver) (any, error) {
			res, _ := next(ctx)
			return res, errors.New("refused")
		}, true,
	},
	{
		row{"an error in place of the resolver", targetIsFriend, [][]int{{9, 1001, 1002}, {19}, {29}}},
		func(context.Context, graphql.Resolver) (any, error) { return nil, errors.New("refused") }, true,
	},
	{
		row{"an object in place of the resolver", targetIsFriend, [][]int{{9, 60, 1001, 1002}, {19}, {29}}},
		func(context.Context, graphql.Resolver) (any, error) { return &model.User{ID: 50}, nil }, true,
	},
	{
		row{"a longer list", targetIsUsers, [][]int{{9, 15, 16, 17}, {19, 25, 26, 27}, {29}}},
		func(context.Context, graphql.Resolver) (any, error) {
			return []*model.User{{ID: 5}, {ID: 6}, {ID: 7}}, nil
		}, true,
	},
	{
		row{"a shorter list", targetIsUsers, [][]int{{9, 12}, {19, 22}, {29}}},
		func(ctx context.Context, next graphql.Resolver) (any, error) {
			res, err := next(ctx)
			return res.([]*model.User)[1:], err
		}, true,
	},
	{
		row{"an object in place of null", targetIsNull, [][]int{{9, 60}, {19, 70}, {29}}},
		func(ctx context.Context, next graphql.Resolver) (any, error) {
			_, err := next(ctx)
			return &model.User{ID: 50}, err
		}, false,
	},
	{
		row{"a null that is not allowed", targetIsStrict, [][]int{{9, 11, 12}, {19}, {29}}}, // so nothing that is deferred begins
		func(ctx context.Context, next graphql.Resolver) (any, error) {
			graphql.GetFieldContext(ctx).NonNull = true
			_, err := next(ctx)
			return nil, err
		}, true,
	},
	{
		row{"a load first", targetIsFriend, [][]int{{9, 77, 1001, 1002}, {11, 12, 19}, {21, 22, 29}}},
		func(ctx context.Context, next graphql.Resolver) (any, error) {
			if _, err := testserver.Load(ctx, 77); err != nil {
				return nil, err
			}
			return next(ctx)
		}, false,
	},
	{
		row{"a load afterwards", targetIsFriend, [][]int{{9, 11, 12, 1001, 1002}, {19, 77}, {21, 22, 29}}},
		func(ctx context.Context, next graphql.Resolver) (any, error) {
			res, err := next(ctx)
			if _, err := testserver.Load(ctx, 77); err != nil {
				return nil, err
			}
			return res, err
		}, false,
	},
}

func onTarget(with graphql.FieldMiddleware) graphql.FieldMiddleware {
	return func(ctx context.Context, next graphql.Resolver) (any, error) {
		if graphql.GetFieldContext(ctx).Field.Alias == "target" {
			return with(ctx, next)
		}
		return next(ctx)
	}
}

func TestExtensionsThatComeLaterMayDoAnything(t *testing.T) {
	for _, i := range interferences {
		t.Run(i.name, func(t *testing.T) {
			s := newServer(testserver.Unlimited())
			s.exec.AroundFields(onTarget(i.with))
			for range runs {
				i.check(t, s.run(t, i.query), 1)
			}
		})
	}
}

// What an extension does that was used before, this one is not told of.
func TestExtensionsThatCameBeforeMakeProgress(t *testing.T) {
	for _, i := range interferences {
		t.Run(i.name, func(t *testing.T) {
			after := newServer(testserver.Unlimited())
			after.exec.AroundFields(onTarget(i.with))
			before := &server{exec: executor.New(testserver.Unlimited())}
			before.exec.AroundFields(onTarget(i.with))
			before.use(patience(5 * time.Millisecond))
			o := before.run(t, i.query)
			require.Equal(t, after.run(t, i.query).data(), o.data())
			if i.forced {
				require.NotZero(t, o.forced)
			}
		})
	}
}

// gqlgen makes an error of it, which happens after the last that anybody is told.
func TestAResultOfAnotherTypeMakesProgress(t *testing.T) {
	s := newServer(testserver.Unlimited(), patience(5*time.Millisecond))
	s.exec.AroundFields(onTarget(func(context.Context, graphql.Resolver) (any, error) { return model.Pen{}, nil }))
	o := s.run(t, targetIsFriend)
	require.ErrorContains(t, o.responses[0].Errors, "unexpected type")
	require.Equal(t, 1, o.sessions)
	require.NotZero(t, o.forced)
}
