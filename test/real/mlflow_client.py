"""What an ordinary user of MLflow does with its own Python client. Usage: mlflow_client.py read|write URL MODEL; prints JSON."""

import json
import sys

import mlflow
from mlflow import MlflowClient


def read(client: MlflowClient, model: str) -> dict:
    """Everything the client sees of a model's versions."""
    registered = client.get_registered_model(model)
    experiment = client.get_experiment_by_name(f"aiw/{model}")
    runs = client.search_runs([experiment.experiment_id], "tags.`aiw.kind` = 'results'")
    return {
        "tags": registered.tags,
        "aliases": registered.aliases,
        "versions": [
            {
                "version": version.version,
                "tags": version.tags,
                "description": version.description,
                "status": version.status,
                "files": [item.path for item in mlflow.artifacts.list_artifacts(run_id=version.run_id, artifact_path="files")],
            }
            for version in client.search_model_versions(f"name = '{model}'", order_by=["version_number ASC"])
        ],
        "runs": [
            {"status": run.info.status, "tags": run.data.tags, "metrics": run.data.metrics, "params": run.data.params}
            for run in runs
        ],
    }


def write(client: MlflowClient, model: str) -> dict:
    """Trains nothing, and registers two versions: one of a run, one of a logged model."""
    mlflow.set_experiment("mine")
    with mlflow.start_run() as run:
        mlflow.log_metric("val/acc", 0.75, step=3)
        mlflow.log_metric("val/acc", 0.875, step=4)
        mlflow.log_metric("broken", float("nan"))
        mlflow.log_param("lr", 0.01)
        mlflow.log_text("weights", "model/weights.txt")
    client.create_registered_model(model, tags={"team": "vision"}, description="Theirs")
    client.create_model_version(model, f"runs:/{run.info.run_id}/model", run.info.run_id, tags={"seats": "3"})
    client.set_registered_model_alias(model, "champion", "1")
    with mlflow.start_run() as second:
        logged = mlflow.initialize_logged_model(name="theirs", source_run_id=second.info.run_id)
        dataset = mlflow.data.meta_dataset.MetaDataset(mlflow.data.http_dataset_source.HTTPDatasetSource("http://x/y"), name="claims")
        mlflow.log_metric("f1", 0.5, model_id=logged.model_id, dataset=dataset)
        mlflow.log_model_params({"depth": "3"}, model_id=logged.model_id)
        mlflow.finalize_logged_model(logged.model_id, "READY")
    client.create_model_version(model, f"models:/{logged.model_id}", model_id=logged.model_id)
    return {"run": run.info.run_id, "logged": logged.model_id, "second": second.info.run_id}


def main() -> None:
    action, url, model = sys.argv[1:]
    mlflow.set_tracking_uri(url)
    client = MlflowClient(url)
    print(json.dumps({"read": read, "write": write}[action](client, model)))


main()
