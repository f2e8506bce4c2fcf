// What graphql-go's order of calling thunks costs: the same queries with thunks alone and asking ahead, under both
// policies. The order is another each time, so it is a range.
package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// span is the least and the most.
type span struct{ least, most int }

func (s span) with(n int) span {
	if s == (span{}) {
		return span{n, n}
	}
	return span{min(s.least, n), max(s.most, n)}
}

func (s span) String() string {
	if s.least == s.most {
		return fmt.Sprint(s.least)
	}
	return fmt.Sprintf("%d–%d", s.least, s.most)
}

// measureOrders makes the table. Its mutation writes.
func measureOrders(ctx context.Context, s *store, runs int) (table string, err error) {
	rows := make([]string, len(ordered))
	for i, q := range ordered {
		rows[i] = "| " + q.name
	}
	for _, set := range []func(*api){
		func(a *api) { a.plain, a.eager = true, true },
		func(a *api) { a.plain = true },
		func(a *api) { a.eager = true },
		func(*api) {},
	} {
		a, err := newAPI(s)
		if err != nil {
			return "", err
		}
		set(a)
		err = serving(a, func(c client) error {
			for i, q := range ordered {
				statements, rounds, err := spans(ctx, c, q.query, runs)
				if err != nil {
					return fmt.Errorf("%s: %w", q.name, err)
				}
				rows[i] += fmt.Sprintf(" | %v in %v", statements, rounds)
			}
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	return "| Statements in rounds | thunks alone, Eager | thunks alone, Lockstep | asking ahead, Eager | asking ahead, Lockstep |\n" +
		"|---|--:|--:|--:|--:|\n" + strings.Join(rows, " |\n") + " |\n", nil
}

func spans(ctx context.Context, c client, query string, runs int) (statements, rounds span, err error) {
	for range runs {
		r, err := c.post(ctx, query, nil)
		if err == nil && len(r.Errors) > 0 {
			err = errors.New(r.Errors[0].Message)
		}
		if err != nil {
			return span{}, span{}, err
		}
		statements = statements.with(r.Extensions.Batches.Statements)
		rounds = rounds.with(int(r.Extensions.Batches.Rounds))
	}
	return statements, rounds, nil
}
