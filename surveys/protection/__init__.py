"""What protects respondents, and open links from being flooded.

`links` (the secret of an invitation), `cookies` and `pagekeys` say whose page it is; `networks` and
`proofs` make bulk posting show and cost, and keep no address; `anonymity` widens days until nobody
stands alone on one; `guards` are the rules that the database keeps itself.
"""
