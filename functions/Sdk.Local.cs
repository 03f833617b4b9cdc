global using Serverless.Local.Functions;
