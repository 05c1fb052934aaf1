"""A page in a bucket as a real browser runs it: it reads and changes nothing of the local AWS."""

from typing import Any

import pytest
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser.conftest import Browser

ACCOUNT = "000000000000"
PATIENCE = 20
PAGE = """<!DOCTYPE html><title>runs</title><script>
const tries = [
  fetch("/_emulator/reset?domain=pages-apart", {method: "POST"}).then(answer => answer.text()),
  fetch("/_emulator/state").then(answer => answer.text()),
  fetch("/", {method: "POST", body: new URLSearchParams({
    Action: "CreateQueue", QueueName: "struck", Version: "2012-11-05"})}).then(a => a.text()),
  fetch("/domains/struck?X-Amz-Credential=000000000000/20260101/us-east-1/profile/aws4_request",
    {method: "POST", body: '{"DefaultExpirationDays": 1}'}).then(answer => answer.text()),
  new Promise((done, refuse) => {
    try { localStorage.setItem("a", "b"); done(); } catch { refuse(); }
  }),
];
Promise.allSettled(tries).then(ended => {
  document.title = ended.map(each => each.status).join(" ");
});
</script>"""


def test_its_scripts_run_as_a_page_of_nobody(emulator: Any, browser: Browser) -> None:
    profiles = emulator.client("customer-profiles", ACCOUNT)
    store = emulator.client("s3", ACCOUNT, s3={"addressing_style": "path"})
    profiles.create_domain(DomainName="pages-apart", DefaultExpirationDays=1)
    store.create_bucket(Bucket="pages-apart")
    store.put_object(
        Bucket="pages-apart", Key="page.html", Body=PAGE.encode(), ContentType="text/html"
    )
    browser.driver.get(f"{emulator.url}/pages-apart/page.html")
    WebDriverWait(browser.driver, PATIENCE).until(lambda driver: driver.title not in {"", "runs"})
    assert browser.driver.title == " ".join(["rejected"] * 5)
    assert profiles.get_domain(DomainName="pages-apart")["DefaultExpirationDays"] == 1
    with pytest.raises(profiles.exceptions.ResourceNotFoundException):
        profiles.get_domain(DomainName="struck")
    queues = emulator.client("sqs", ACCOUNT).list_queues(QueueNamePrefix="struck")
    assert queues.get("QueueUrls", []) == []
    # What it was refused stays in the browser's log for whoever comes next.
    browser.said()
