package testserver

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver/model"
)

type subscription struct{}

func (subscription) Visits(ctx context.Context, user int) (<-chan *model.User, error) {
	if _, err := load(ctx, user); err != nil {
		return nil, err
	}
	return stream(&model.User{ID: user}, &model.User{ID: user + 1}, &model.User{ID: user + 2}), nil
}

func (subscription) Visit(context.Context) (<-chan model.Node, error) {
	return stream(nodeOf(0), nodeOf(1), nodeOf(2), nodeOf(3)), nil
}

func (subscription) Crowds(context.Context) (<-chan []*model.User, error) {
	return stream(usersFrom(1, 3), nil, usersFrom(4, 0), usersFrom(5, 1), usersFrom(6, 4)), nil
}

func (subscription) Rows(context.Context) (<-chan [][]*model.User, error) {
	return stream(nil, [][]*model.User{{{ID: 1}, nil}, {}, {{ID: 2}, {ID: 3}}}, [][]*model.User{{{ID: 4}}}), nil
}

func (subscription) Seen(context.Context) (<-chan []model.Node, error) {
	return stream(nil, []model.Node{nodeOf(0)}, []model.Node{nodeOf(0), nodeOf(1), nodeOf(2), nodeOf(3), nodeOf(5)}), nil
}

func (subscription) Tidings(context.Context) (<-chan [][]model.Kept, error) {
	return stream([][]model.Kept{{&model.User{ID: 1}, nil}, {model.Novel{ID: 2, AuthorID: 30}, &model.User{ID: 3}}}), nil
}

// Idle says one thing, and then nothing until ctx ends.
func (subscription) Idle(context.Context) (<-chan *model.User, error) {
	events := make(chan *model.User, 1)
	events <- &model.User{ID: 1}
	return events, nil
}

type callKey struct{}

// CallOf returns what an event has put into its ctx, 0 if ctx is not that of an event.
func CallOf(ctx context.Context) int {
	n, _ := ctx.Value(callKey{}).(int)
	return n
}

// Calls has events with a ctx of their own, and a last one without.
func (subscription) Calls(ctx context.Context, user int) (<-chan graphql.Event[*model.User], error) {
	if _, err := load(ctx, user); err != nil {
		return nil, err
	}
	return stream(
		graphql.Event[*model.User]{Context: context.WithValue(ctx, callKey{}, 1), Value: &model.User{ID: user}},
		graphql.Event[*model.User]{Context: context.WithValue(ctx, callKey{}, 2), Value: &model.User{ID: user + 1}},
		graphql.Event[*model.User]{Value: &model.User{ID: user + 2}},
	), nil
}

func (subscription) Rounds(ctx context.Context) (<-chan graphql.Event[[]*model.User], error) {
	return stream(
		graphql.Event[[]*model.User]{Context: context.WithValue(ctx, callKey{}, 1), Value: usersFrom(1, 2)},
		graphql.Event[[]*model.User]{Context: context.WithValue(ctx, callKey{}, 2)},
		graphql.Event[[]*model.User]{Context: context.WithValue(ctx, callKey{}, 3), Value: usersFrom(3, 1)},
	), nil
}

func stream[T any](events ...T) <-chan T {
	all := make(chan T, len(events))
	for _, e := range events {
		all <- e
	}
	close(all)
	return all
}
