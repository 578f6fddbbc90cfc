"""Where Genesys Cloud lives.

Source: region table of the official Python SDK 269.0.0 (``purecloud_region_hosts.py``).
"""

DOMAINS = {
    "us_east_1": "mypurecloud.com",
    "us_east_2": "use2.us-gov-pure.cloud",
    "us_west_2": "usw2.pure.cloud",
    "ca_central_1": "cac1.pure.cloud",
    "mx_central_1": "mxc1.pure.cloud",
    "sa_east_1": "sae1.pure.cloud",
    "eu_west_1": "mypurecloud.ie",
    "eu_west_2": "euw2.pure.cloud",
    "eu_central_1": "mypurecloud.de",
    "eu_central_2": "euc2.pure.cloud",
    "eusc_de_east_1": "edee1.eusc-pure.cloud",
    "me_central_1": "mec1.pure.cloud",
    "ap_south_1": "aps1.pure.cloud",
    "ap_southeast_1": "apse1.pure.cloud",
    "ap_southeast_2": "mypurecloud.com.au",
    "ap_northeast_1": "mypurecloud.jp",
    "ap_northeast_2": "apne2.pure.cloud",
    "ap_northeast_3": "apne3.pure.cloud",
}


def domain_of(region: str) -> str | None:
    """Return the domain of a region given by name (any of ``us_east_1``, ``us-east-1``) or domain.

    Returns:
        The domain, such as ``mypurecloud.de``; None for a region nobody has heard of.
    """
    word = region.strip().lower()
    if word in DOMAINS.values():
        return word
    return DOMAINS.get(word.replace("-", "_"))
