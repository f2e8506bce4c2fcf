package testserver

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"

	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver/limited"
	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver/model"
	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver/unlimited"
)

// Limit is the worker limit of Limited.
const Limit = 3

// Unlimited makes the server without a worker limit.
func Unlimited() graphql.ExecutableSchema {
	c := unlimited.Config{Resolvers: free{}}
	c.Directives.Gate, c.Directives.Instead = gate, instead
	return unlimited.NewExecutableSchema(c)
}

// Limited makes the server with a worker limit, and events that may bring a ctx.
func Limited() graphql.ExecutableSchema {
	c := limited.Config{Resolvers: strict{}}
	c.Directives.Gate, c.Directives.Instead = gate, instead
	return limited.NewExecutableSchema(c)
}

// gate lets nobody in where it is not open.
func gate(ctx context.Context, _ any, next graphql.Resolver, open bool) (any, error) {
	if !open {
		return nil, errors.New("closed")
	}
	return next(ctx)
}

// instead answers in place of the resolver.
func instead(_ context.Context, _ any, _ graphql.Resolver, id int) (any, error) {
	return &model.User{ID: id}, nil
}

type free struct{}
type strict struct{}

func (free) Query() unlimited.QueryResolver               { return query{} }
func (free) Mutation() unlimited.MutationResolver         { return mutation{} }
func (free) Subscription() unlimited.SubscriptionResolver { return subscription{} }
func (free) User() unlimited.UserResolver                 { return user{} }
func (free) Book() unlimited.BookResolver                 { return book{} }
func (free) Edge() unlimited.EdgeResolver                 { return edge{} }
func (free) Card() unlimited.CardResolver                 { return card{} }
func (free) Back() unlimited.BackResolver                 { return back{} }
func (free) Note() unlimited.NoteResolver                 { return note{} }
func (free) Memo() unlimited.MemoResolver                 { return memo{} }
func (free) Tome() unlimited.TomeResolver                 { return tome{} }

func (strict) Query() limited.QueryResolver               { return query{} }
func (strict) Mutation() limited.MutationResolver         { return mutation{} }
func (strict) Subscription() limited.SubscriptionResolver { return subscription{} }
func (strict) User() limited.UserResolver                 { return user{} }
func (strict) Book() limited.BookResolver                 { return book{} }
func (strict) Edge() limited.EdgeResolver                 { return edge{} }
func (strict) Card() limited.CardResolver                 { return card{} }
func (strict) Back() limited.BackResolver                 { return back{} }
func (strict) Note() limited.NoteResolver                 { return note{} }
func (strict) Memo() limited.MemoResolver                 { return memo{} }
func (strict) Tome() limited.TomeResolver                 { return tome{} }
