"""One file per vendor's protocol; an SDK is imported only when its vendor is used."""
