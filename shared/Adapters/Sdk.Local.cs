global using Azure;
global using Azure.Core;
global using Azure.Core.Pipeline;
global using Azure.Identity;
global using Serverless.Local.Sms;
global using Serverless.Local.Tables;
