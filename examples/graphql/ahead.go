// Asking ahead. graphql-go calls the resolvers under a value when it has called that value's thunk, and it calls thunks
// in an order of its own: while one of them waits, and lets a tick end, others whose values are there already have not
// been called, so what is under those comes a round late. The selection of the query is known from the start, though. So
// each root field walks it with promises, in the tick in which each value arrives, and the resolvers then find everything
// in the cache.
package main

import (
	"github.com/batchtick/batchtick/promise"
)

func (l *loaders) userAhead(id int, next plan) *promise.Promise[User] {
	p := l.users.Load(id)
	if len(next) > 0 {
		p.Done(func(u User) { l.underUser(u, next) }, ignore)
	}
	return p
}

func (l *loaders) friendsAhead(key List, next plan) *promise.Promise[[]User] {
	return each(l.friends.Load(key), next, l.underUser)
}

func (l *loaders) pageAhead(key List, next plan) *promise.Promise[[]User] {
	return each(l.pages.Load(key), next, l.underUser)
}

func (l *loaders) postsAhead(key List, next plan) *promise.Promise[[]Post] {
	return each(l.posts.Load(key), next, l.underPost)
}

func (l *loaders) feedAhead(first int, next plan) *promise.Promise[[]Post] {
	return each(l.feeds.Load(first), next, l.underPost)
}

func (l *loaders) commentsAhead(key List, next plan) *promise.Promise[[]Comment] {
	return each(l.comments.Load(key), next, l.underComment)
}

func (l *loaders) underUser(u User, next plan) {
	l.users.Prime(u.ID, u)
	for _, s := range next {
		switch s.field {
		case "bestFriend":
			if u.BestFriend != 0 {
				l.userAhead(u.BestFriend, s.next)
			}
		case "friends":
			l.friendsAhead(List{u.ID, s.first}, s.next)
		case "posts":
			l.postsAhead(List{u.ID, s.first}, s.next)
		}
	}
}

func (l *loaders) underPost(p Post, next plan) {
	for _, s := range next {
		switch s.field {
		case "author":
			l.userAhead(p.Author, s.next)
		case "comments":
			l.commentsAhead(List{p.ID, s.first}, s.next)
		}
	}
}

func (l *loaders) underComment(c Comment, next plan) {
	for _, s := range next {
		if s.field == "author" {
			l.userAhead(c.Author, s.next)
		}
	}
}

func each[T any](p *promise.Promise[[]T], next plan, under func(T, plan)) *promise.Promise[[]T] {
	if len(next) > 0 {
		p.Done(func(items []T) {
			for _, item := range items {
				under(item, next)
			}
		}, ignore)
	}
	return p
}

// ignore leaves the error to the resolver of the field, which meets it in its own Await.
func ignore(error) {}
