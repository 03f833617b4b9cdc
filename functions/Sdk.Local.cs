global using Serverless.Local.DurableTask;
global using Serverless.Local.Functions;
