"""Changes a row of the source database behind the local AWS, and starts the run that fetches it."""

import boto3

ENDPOINT = "http://127.0.0.1:4566"
DATABASE = {
    "resourceArn": "arn:aws:rds:us-east-1:000000000000:cluster:crm",
    "secretArn": "arn:aws:secretsmanager:us-east-1:000000000000:secret:crm",
    "database": "crm",
}
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:customer-lifecycle-local-batch-offers"
STATEMENTS = """
CREATE TABLE IF NOT EXISTS marketing_assigned_offers
  (user_id text, email text, phone text, offer_name text, offer_viewed text, updated_at timestamp);
DELETE FROM marketing_assigned_offers WHERE user_id = '00001';
INSERT INTO marketing_assigned_offers (user_id, email, offer_name, offer_viewed, updated_at)
  VALUES ('00001', 'test@test.com', '30% Renewal', 'true', CURRENT_TIMESTAMP)
"""

aws = boto3.Session("test", "test", region_name="us-east-1")
for statement in STATEMENTS.split(";"):
    aws.client("rds-data", endpoint_url=ENDPOINT).execute_statement(sql=statement, **DATABASE)
# What the schedule does every quarter of an hour.
aws.client("stepfunctions", endpoint_url=ENDPOINT).start_execution(stateMachineArn=MACHINE)
