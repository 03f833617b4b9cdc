#!/usr/bin/env bash
# Deploys the resources, the app, and then the event subscriptions, which need the app's functions. Safe to repeat.
# usage: infra/azure/deploy.sh <resource group> <parameters file>
# The group exists; the file is like main.parameters.sample.json. Needs az (signed in), the .NET 10 SDK and zip.
set -euo pipefail

if (($# != 2)); then
  sed -n '3,4s/^# //p' "$0" >&2
  exit 1
fi
here=$(cd "$(dirname "$0")" && pwd)
group=$1
parameters=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

deploy() { # deploy <deliver events: true|false>
  az deployment group create --resource-group "$group" --name serverless \
    --template-file "$here/main.bicep" --parameters "@$parameters" --parameters "deliverEvents=$1" --output none
}

output() { # output <name>
  az deployment group show --resource-group "$group" --name serverless --query "properties.outputs.$1.value" --output tsv
}

echo 'Resources …'
deploy false
app=$(output functionAppName)

echo "App $app …"
dotnet publish "$here/../../functions" -c Release -p:AzureSdk=packages -o "$work/app"
(cd "$work/app" && zip -qr "$work/app.zip" .)
az functionapp deployment source config-zip --resource-group "$group" --name "$app" --src "$work/app.zip" --output none

echo 'Functions …'
for ((attempt = 1; ; attempt++)); do
  az functionapp function show --resource-group "$group" --name "$app" --function-name DeliveryReports --output none 2> /dev/null && break
  ((attempt < 30)) || { echo 'The functions did not appear within five minutes: see the log of the app.' >&2; exit 1; }
  sleep 10
done

echo 'Event subscriptions …'
deploy true

echo "API: $(output apiUrl)"
echo "Keys: az functionapp keys list --resource-group $group --name $app"
